//! Reading ahead: while one chunk is looked up and written, a second thread reads and checks the next.

use crate::error::Result;
use std::sync::mpsc::sync_channel;

/// Chunks that may wait.
const AHEAD: usize = 2;

/// Runs `read`, which visits chunks until it is told to stop, on a thread of its own, and `each` with its chunks on this one.
///
/// # Errors
/// The first error of either; reading stops then.
pub(super) fn of<T: Send>(
    read: impl FnOnce(&mut dyn FnMut(T) -> Result<bool>) -> Result<()> + Send,
    each: &mut dyn FnMut(T) -> Result<bool>,
) -> Result<()> {
    let (sender, receiver) = sync_channel(AHEAD);
    std::thread::scope(|scope| {
        scope.spawn(move || {
            // Nobody takes chunks any more once the visit has stopped: that stops the reading.
            if let Err(error) = read(&mut |chunk| Ok(sender.send(Ok(chunk)).is_ok())) {
                let _ = sender.send(Err(error));
            }
        });
        for chunk in receiver {
            if !each(chunk?)? {
                break;
            }
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::CrmError;

    #[test]
    fn chunks_come_in_order_and_errors_and_stops_end_both_sides() {
        let read = |visit: &mut dyn FnMut(u32) -> Result<bool>| {
            for number in 0..1_000 {
                if !visit(number)? {
                    break;
                }
            }
            Err(CrmError::Internal { what: "the reader's own" }.into())
        };
        let until = |last: u32, seen: &mut Vec<u32>| {
            of(read, &mut |number| {
                seen.push(number);
                Ok(number < last)
            })
        };
        let mut seen = Vec::new();
        assert!(until(4, &mut seen).is_ok());
        assert_eq!(seen, [0, 1, 2, 3, 4]);
        assert_eq!(until(2_000, &mut seen).unwrap_err().code(), "internal");
        assert_eq!(seen.len(), 1_005);
        let failing = of(read, &mut |_| Err(CrmError::Internal { what: "the visitor's own" }.into()));
        assert!(failing.unwrap_err().to_string().contains("visitor"));
    }
}
