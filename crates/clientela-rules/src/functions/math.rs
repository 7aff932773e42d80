//! CEL's math library, and rounding of decimals.

use super::Function;
use crate::datum::Datum;
use crate::evaluate::Cause;
use crate::steps::Steps;
use clientela_model::Rounding;
use std::cmp::Ordering;

pub(super) fn apply(function: Function, arguments: &[Datum], steps: &mut Steps) -> Result<Datum, Cause> {
    Ok(match (function, arguments) {
        (Function::Greatest, [Datum::List(parts)]) => extreme(parts, Ordering::Greater, steps)?,
        (Function::Least, [Datum::List(parts)]) => extreme(parts, Ordering::Less, steps)?,
        (Function::Greatest, parts) => extreme(parts, Ordering::Greater, steps)?,
        (Function::Least, parts) => extreme(parts, Ordering::Less, steps)?,
        (Function::Round, [Datum::Decimal(number), Datum::Int(digits)]) => {
            let digits = u32::try_from(*digits).map_err(|_| Cause::OutOfRange)?;
            Datum::Decimal(Rounding::HalfAwayFromZero.apply(*number, digits))
        }
        (Function::Round, [whole @ (Datum::Int(_) | Datum::Uint(_)), Datum::Int(_)]) => {
            whole.exact().map(Datum::Decimal).ok_or(Cause::NoOverload)?
        }
        (Function::Absolute, [Datum::Int(number)]) => {
            number.checked_abs().map(Datum::Int).ok_or(Cause::Overflow)?
        }
        (Function::Absolute, [Datum::Uint(number)]) => Datum::Uint(*number),
        (Function::Absolute, [Datum::Double(number)]) => Datum::Double(number.abs()),
        (Function::Absolute, [Datum::Decimal(number)]) => Datum::Decimal(number.abs()),
        (Function::Sign, [Datum::Int(number)]) => Datum::Int(number.signum()),
        (Function::Sign, [Datum::Uint(number)]) => Datum::Uint((*number).min(1)),
        // Rust gives the sign of a zero; CEL gives zero.
        (Function::Sign, [Datum::Double(number)]) if *number == 0.0 => Datum::Double(*number),
        (Function::Sign, [Datum::Double(number)]) => Datum::Double(number.signum()),
        (_, [Datum::Double(number)]) => of_double(function, *number)?,
        (_, [Datum::Int(number)]) if function == Function::BitNot => Datum::Int(!number),
        (_, [Datum::Uint(number)]) if function == Function::BitNot => Datum::Uint(!number),
        (_, [one, two]) => bits(function, one, two)?,
        _ => return Err(Cause::NoOverload),
    })
}

fn of_double(function: Function, number: f64) -> Result<Datum, Cause> {
    Ok(match function {
        Function::Ceil => Datum::Double(number.ceil()),
        Function::Floor => Datum::Double(number.floor()),
        Function::RoundDouble => Datum::Double(number.round()),
        Function::Trunc => Datum::Double(number.trunc()),
        Function::IsNan => Datum::Bool(number.is_nan()),
        Function::IsInf => Datum::Bool(number.is_infinite()),
        Function::IsFinite => Datum::Bool(number.is_finite()),
        _ => return Err(Cause::NoOverload),
    })
}

fn bits(function: Function, one: &Datum, two: &Datum) -> Result<Datum, Cause> {
    Ok(match (function, one, two) {
        (Function::BitAnd, Datum::Int(one), Datum::Int(two)) => Datum::Int(one & two),
        (Function::BitAnd, Datum::Uint(one), Datum::Uint(two)) => Datum::Uint(one & two),
        (Function::BitOr, Datum::Int(one), Datum::Int(two)) => Datum::Int(one | two),
        (Function::BitOr, Datum::Uint(one), Datum::Uint(two)) => Datum::Uint(one | two),
        (Function::BitXor, Datum::Int(one), Datum::Int(two)) => Datum::Int(one ^ two),
        (Function::BitXor, Datum::Uint(one), Datum::Uint(two)) => Datum::Uint(one ^ two),
        (Function::BitShiftLeft | Function::BitShiftRight, number, Datum::Int(places)) => {
            let places = u32::try_from(*places).map_err(|_| Cause::OutOfRange)?;
            shift(function == Function::BitShiftLeft, number, places)?
        }
        _ => return Err(Cause::NoOverload),
    })
}

/// Bits that leave are gone and zeros come in, also on the left of a negative number.
fn shift(left: bool, number: &Datum, places: u32) -> Result<Datum, Cause> {
    let shifted =
        |bits: u64| if left { bits.checked_shl(places) } else { bits.checked_shr(places) }.unwrap_or(0);
    match number {
        Datum::Int(number) => Ok(Datum::Int(shifted(number.cast_unsigned()).cast_signed())),
        Datum::Uint(number) => Ok(Datum::Uint(shifted(*number))),
        _ => Err(Cause::NoOverload),
    }
}

fn extreme(parts: &[Datum], wanted: Ordering, steps: &mut Steps) -> Result<Datum, Cause> {
    let (first, rest) = parts.split_first().ok_or(Cause::Empty)?;
    steps.spend(parts.len())?;
    let number = |part: &Datum| match part {
        Datum::Int(_) | Datum::Uint(_) | Datum::Double(_) | Datum::Decimal(_) => Ok(()),
        Datum::Null => Err(Cause::Missing),
        _ => Err(Cause::NoOverload),
    };
    number(first)?;
    let better = |best: Datum, part: &Datum| {
        number(part)?;
        Ok(if part.order(&best) == Some(wanted) { part.clone() } else { best })
    };
    rest.iter().try_fold(first.clone(), better)
}
