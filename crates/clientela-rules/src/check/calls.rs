//! Functions: which of their signatures is meant.

use super::Checker;
use super::decimals::is_exact;
use super::names::qualified;
use crate::datum::Datum;
use crate::error::Problem;
use crate::evaluate::{Cause, weight};
use crate::functions::{Declared, Function};
use crate::limits::PATTERN_BYTES_MAX;
use crate::nearest::nearest;
use crate::program::{Kind, Node, Quantifier};
use crate::signature::Signature;
use crate::syntax::{Name, Span, Syntax, SyntaxKind};
use crate::types::{RecordType, Type};
use std::collections::BTreeMap;

/// The largest value, in steps to look at it, that a compiled rule keeps in place of a call.
const FOLDED_WEIGHT_MAX: usize = 340;

impl Checker<'_> {
    pub(super) fn call(
        &mut self,
        span: Span,
        target: Option<&Syntax>,
        function: &Name,
        arguments: &[Syntax],
    ) -> Option<Node> {
        let name = function.text.as_str();
        match (target, Quantifier::named(name, arguments.len())) {
            (Some(list), Some(quantifier)) => return self.run(span, quantifier, list, function, arguments),
            (Some(target), None) if matches!(name, "optMap" | "optFlatMap") => {
                return self.optional_map(span, target, function, arguments);
            }
            (Some(Syntax { kind: SyntaxKind::Name { name: space, .. }, .. }), None)
                if space == "cel" && name == "bind" =>
            {
                return self.bind(span, function, arguments);
            }
            (None, None) if name == "has" => return self.has(span, arguments),
            _ => {}
        }
        // `math.greatest(…)` is a function with a dot in its name, not one that is called on something named math.
        if let Some((space, rooted)) = target.and_then(qualified)
            && (rooted || !self.is_local(&space))
            && let full = format!("{space}.{name}")
            && self.is_function(&full, rooted)
        {
            return self.call_named(span, &full, rooted, function, None, arguments);
        }
        self.call_named(span, name, false, function, target, arguments)
    }

    fn is_function(&self, name: &str, rooted: bool) -> bool {
        Function::named(name).is_some()
            || self.candidates(name, rooted).iter().any(|name| self.environment.signatures(name).is_some())
    }

    fn call_named(
        &mut self,
        span: Span,
        name: &str,
        rooted: bool,
        function: &Name,
        target: Option<&Syntax>,
        arguments: &[Syntax],
    ) -> Option<Node> {
        let nodes: Vec<Option<Node>> =
            target.into_iter().chain(arguments).map(|part| self.node(part)).collect();
        let member = target.is_some();
        let environment = self.environment;
        let declared = self.candidates(name, rooted).iter().find_map(|name| environment.signatures(name));
        if let Some(signatures) = declared {
            let nodes = nodes.into_iter().collect::<Option<Vec<Node>>>()?;
            let Some((ty, _)) = self.resolve(signatures, member, nodes) else {
                return self.report(Problem::new(
                    "rule.arguments",
                    function.span,
                    format!("{name} does not take this"),
                ));
            };
            // Declared for the checker alone: nobody says how to compute it.
            return Some(self.made(span, ty, Kind::Fail(Cause::Undeclared)));
        }
        let known = Function::named(name);
        let usable = |known: &&Declared| {
            known.signatures.is_empty() || known.signatures.iter().any(|signature| signature.member == member)
        };
        let Some(known) = known.filter(usable) else { return self.unknown_function(span, name, function) };
        let nodes = nodes.into_iter().collect::<Option<Vec<Node>>>()?;
        self.call_known(span, name, known, member, function, nodes)
    }

    fn unknown_function(&mut self, span: Span, name: &str, function: &Name) -> Option<Node> {
        if self.lenient {
            return Some(self.made(span, Type::Dyn, Kind::Fail(Cause::Undeclared)));
        }
        let problem =
            Problem::new("rule.unknown_function", function.span, format!("there is no function {name}"));
        self.report(match Function::usage(name) {
            Some(usage) => problem.hint(format!("write {usage}")),
            None => match nearest(name, Function::names()) {
                Some(near) => problem.hint(format!("did you mean {near}?")),
                None => problem,
            },
        })
    }

    fn call_known(
        &mut self,
        span: Span,
        name: &str,
        known: &'static Declared,
        member: bool,
        function: &Name,
        nodes: Vec<Node>,
    ) -> Option<Node> {
        let given: Vec<String> = nodes.iter().map(|node| self.types.known(&node.ty).to_string()).collect();
        if known.function == Function::Sum
            && let [list] = nodes.as_slice()
            && self.holds_money(list)
        {
            return self.computed(span, Type::Record(RecordType::money()), known, nodes);
        }
        let resolved = if known.signatures.is_empty() {
            self.extreme(nodes)
        } else {
            self.resolve(&known.signatures, member, nodes)
        };
        let Some((ty, arguments)) = resolved else {
            if self.lenient {
                return Some(self.made(span, Type::Dyn, Kind::Fail(Cause::NoOverload)));
            }
            let given = if given.is_empty() { "nothing".to_owned() } else { given.join(" and ") };
            let problem =
                Problem::new("rule.arguments", function.span, format!("{name} does not take {given}"));
            return self.report(problem.hint(format!("write {}", known.usage)));
        };
        if known.function == Function::Matches && !self.lenient {
            return self.matches(span, arguments);
        }
        if known.function == Function::Decimal
            && let [number] = arguments.as_slice()
            && number.ty == Type::Double
            && self.can_be_exact(number)
        {
            return arguments.into_iter().next().map(|number| Node { span, ..self.exact(number) });
        }
        self.computed(span, ty, known, arguments)
    }

    /// Whether a list is one of amounts of money, whose sum is an amount.
    fn holds_money(&self, list: &Node) -> bool {
        let of = self.types.known(&list.ty);
        let Type::List(element) = of.base() else { return false };
        matches!(element.base(), Type::Record(record) if *record == RecordType::money())
    }

    /// The call, or its value if that is known before any fact.
    fn computed(&mut self, span: Span, ty: Type, known: &Declared, arguments: Vec<Node>) -> Option<Node> {
        let constants: Option<Vec<Datum>> = arguments.iter().map(|node| node.constant().cloned()).collect();
        let literal = matches!(
            known.function,
            Function::Date | Function::Timestamp | Function::Id | Function::Duration | Function::Decimal
        );
        match constants.map(|values| known.function.apply(&values, &mut self.steps)) {
            Some(Ok(value)) if known.function != Function::Dyn && weight(&value) <= FOLDED_WEIGHT_MAX => {
                return Some(self.constant(span, ty, value));
            }
            Some(Err(cause)) if literal && !self.lenient => {
                let place = arguments.first().map_or(span, |node| node.span);
                let problem = Problem::new("rule.literal", place, format!("the value {cause}"));
                return self.report(problem.hint(format!("write {}", known.usage)));
            }
            _ => {}
        }
        Some(self.made(span, ty, Kind::Call { function: known.function, arguments }))
    }

    /// The type of the result and the arguments as they are taken. Numbers become decimals only if no signature takes
    /// them as they are.
    fn resolve(
        &mut self,
        signatures: &[Signature],
        member: bool,
        nodes: Vec<Node>,
    ) -> Option<(Type, Vec<Node>)> {
        let fitting =
            |signature: &&Signature| signature.member == member && signature.parameters.len() == nodes.len();
        let mut result: Option<Type> = None;
        for signature in signatures.iter().filter(fitting) {
            let signature = self.instance(signature);
            let pairs = nodes.iter().map(|node| &node.ty).zip(&signature.parameters);
            if self.types.all_assignable(pairs) {
                let ty = self.types.known(&signature.result);
                result = Some(match result {
                    Some(before) if before != ty => Type::Dyn,
                    _ => ty,
                });
            }
        }
        if let Some(ty) = result {
            return Some((ty, nodes));
        }
        let exact = signatures.iter().filter(fitting).find(|signature| {
            let pairs = nodes.iter().zip(&signature.parameters);
            pairs.clone().any(|(_, parameter)| is_exact(parameter))
                && pairs.clone().all(|(node, parameter)| {
                    (is_exact(parameter) && self.can_be_exact(node))
                        || self.types.assignable(&node.ty, parameter)
                })
        })?;
        let nodes = nodes
            .into_iter()
            .zip(&exact.parameters)
            .map(|(node, parameter)| if is_exact(parameter) { self.exact(node) } else { node })
            .collect();
        Some((exact.result.clone(), nodes))
    }

    /// The signature with fresh variables for its parameters.
    pub(super) fn instance(&mut self, signature: &Signature) -> Signature {
        let mut fresh: BTreeMap<String, Type> = BTreeMap::new();
        let types = &mut self.types;
        let mut with = |ty: &Type| {
            ty.rebuilt(&mut |part| match part {
                Type::Parameter(name) => {
                    fresh.entry(name.into_owned()).or_insert_with(|| types.fresh()).clone()
                }
                other => other,
            })
        };
        let parameters = signature.parameters.iter().map(&mut with).collect();
        Signature { member: signature.member, parameters, result: with(&signature.result) }
    }

    /// The arguments of `math.greatest` and `math.least`: numbers, or one list of numbers.
    fn extreme(&mut self, nodes: Vec<Node>) -> Option<(Type, Vec<Node>)> {
        let some_exact = nodes.iter().any(|node| is_exact(&node.ty));
        let nodes: Vec<Node> =
            if some_exact { nodes.into_iter().map(|node| self.exact(node)).collect() } else { nodes };
        let element = |ty: &Type| match ty.base() {
            Type::List(element) => element.base().clone(),
            other => other.clone(),
        };
        let types: Vec<Type> = match nodes.as_slice() {
            [only] => vec![element(&self.types.known(&only.ty))],
            several => several.iter().map(|node| self.types.known(node.ty.base())).collect(),
        };
        let number =
            |ty: &Type| ty.is_open() || matches!(ty, Type::Int | Type::Uint | Type::Double | Type::Decimal);
        let mixed = types.contains(&Type::Double) && types.contains(&Type::Decimal);
        let first = types.first()?.clone();
        (types.iter().all(number) && !mixed).then(|| {
            let alike = types.iter().all(|ty| *ty == first);
            (if alike { first } else { Type::Dyn }, nodes)
        })
    }

    fn matches(&mut self, span: Span, nodes: Vec<Node>) -> Option<Node> {
        let [text, pattern] = <[Node; 2]>::try_from(nodes).ok()?;
        let Some(Datum::Text(source)) = pattern.constant() else {
            let kind = Kind::Call { function: Function::Matches, arguments: vec![text, pattern] };
            return Some(self.made(span, Type::Bool, kind));
        };
        match regex::RegexBuilder::new(source).size_limit(PATTERN_BYTES_MAX).build() {
            Ok(pattern) => Some(self.made(span, Type::Bool, Kind::Matches { text: Box::new(text), pattern })),
            Err(regex::Error::CompiledTooBig(_)) => self.report(
                Problem::new("rule.pattern", pattern.span, "the pattern is too large").hint("shorten it"),
            ),
            Err(_) => self.report(
                Problem::new("rule.pattern", pattern.span, "the pattern is not a regular expression")
                    .hint("the syntax is RE2's; look-around and back-references do not exist"),
            ),
        }
    }
}
