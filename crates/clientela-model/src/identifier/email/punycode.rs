//! Punycode (RFC 3492): how a label of a domain outside ASCII is written in ASCII.

const BASE: u32 = 36;
const THRESHOLD_LOWEST: u32 = 1;
const THRESHOLD_HIGHEST: u32 = 26;
const SKEW: u32 = 38;
const DAMP: u32 = 700;
const FIRST_BIAS: u32 = 72;
const FIRST_CODE: u32 = 128;

/// The ASCII writing of a label, without `xn--`. Nothing when a counter would overflow (no label is that
/// long).
pub(super) fn encode(label: &str) -> Option<String> {
    let letters: Vec<u32> = label.chars().map(u32::from).collect();
    let mut written: String = label.chars().filter(char::is_ascii).collect();
    let basic = u32::try_from(written.len()).ok()?;
    if basic > 0 {
        written.push('-');
    }
    let (mut code, mut delta, mut bias, mut handled) = (FIRST_CODE, 0_u32, FIRST_BIAS, basic);
    while usize::try_from(handled).ok()? < letters.len() {
        let next = letters.iter().copied().filter(|letter| *letter >= code).min()?;
        delta = delta.checked_add((next - code).checked_mul(handled + 1)?)?;
        code = next;
        for letter in &letters {
            if *letter < code {
                delta = delta.checked_add(1)?;
            } else if *letter == code {
                let mut rest = delta;
                for place in 1.. {
                    let threshold = threshold(place, bias);
                    if rest < threshold {
                        break;
                    }
                    written.push(sign(threshold + (rest - threshold) % (BASE - threshold)));
                    rest = (rest - threshold) / (BASE - threshold);
                }
                written.push(sign(rest));
                bias = adapt(delta, handled + 1, handled == basic);
                delta = 0;
                handled += 1;
            }
        }
        delta = delta.checked_add(1)?;
        code = code.checked_add(1)?;
    }
    Some(written)
}

/// The label an ASCII writing without `xn--` stands for; nothing if it is none.
pub(super) fn decode(written: &str) -> Option<String> {
    let (basic, rest) = written.rsplit_once('-').unwrap_or(("", written));
    if !basic.is_ascii() {
        return None;
    }
    let mut letters: Vec<char> = basic.chars().collect();
    let (mut code, mut index, mut bias) = (FIRST_CODE, 0_u32, FIRST_BIAS);
    let mut signs = rest.bytes().peekable();
    while signs.peek().is_some() {
        let (before, mut weight) = (index, 1_u32);
        for place in 1.. {
            let digit = value(signs.next()?)?;
            index = index.checked_add(digit.checked_mul(weight)?)?;
            let threshold = threshold(place, bias);
            if digit < threshold {
                break;
            }
            weight = weight.checked_mul(BASE - threshold)?;
        }
        let length = u32::try_from(letters.len()).ok()?.checked_add(1)?;
        bias = adapt(index - before, length, before == 0);
        code = code.checked_add(index / length)?;
        index %= length;
        letters.insert(usize::try_from(index).ok()?, char::from_u32(code)?);
        index += 1;
    }
    Some(letters.into_iter().collect())
}

/// Threshold of the digit at a place counted from one.
fn threshold(place: u32, bias: u32) -> u32 {
    (BASE * place).saturating_sub(bias).clamp(THRESHOLD_LOWEST, THRESHOLD_HIGHEST)
}

fn adapt(delta: u32, length: u32, first: bool) -> u32 {
    let mut delta = delta / if first { DAMP } else { 2 };
    delta += delta / length;
    let mut places = 0;
    while delta > (BASE - THRESHOLD_LOWEST) * THRESHOLD_HIGHEST / 2 {
        delta /= BASE - THRESHOLD_LOWEST;
        places += BASE;
    }
    places + (BASE - THRESHOLD_LOWEST + 1) * delta / (delta + SKEW)
}

fn sign(digit: u32) -> char {
    char::from_digit(digit.saturating_sub(26), 10)
        .filter(|_| digit >= 26)
        .or_else(|| char::from_digit(digit + 10, 36))
        .unwrap_or('a')
}

fn value(sign: u8) -> Option<u32> {
    match sign {
        b'a'..=b'z' => Some(u32::from(sign - b'a')),
        b'A'..=b'Z' => Some(u32::from(sign - b'A')),
        b'0'..=b'9' => Some(u32::from(sign - b'0') + 26),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn samples_of_the_rfc() {
        // RFC 3492 section 7.1: B Chinese, E Hebrew, L Japanese with ASCII; and a German city.
        for (label, written) in [
            ("他们为什么不说中文", "ihqwcrb4cv8a8dqg056pqjye"),
            ("למההםפשוטלאמדבריםעברית", "4dbcagdahymbxekheh6e0a7fei0b"),
            ("3年b組金八先生", "3b-ww4c5e180e575a65lsy2b"),
            ("münchen", "mnchen-3ya"),
        ] {
            assert_eq!(encode(label).as_deref(), Some(written));
            assert_eq!(decode(written).as_deref(), Some(label));
        }
        assert_eq!(decode("99999999"), None);
        assert_eq!(decode("ü"), None);
    }

    proptest! {
        #[test]
        fn what_was_written_is_read(label in "\\PC{1,40}") {
            prop_assume!(!label.is_ascii());
            prop_assert_eq!(decode(&encode(&label).unwrap()), Some(label));
        }

        #[test]
        fn no_text_makes_it_fail(text in "\\PC{0,60}") {
            let _ = decode(&text);
        }
    }
}
