//! Wildcards and variables of policies. Written by hand: a pattern comes from outside and may not cost more than its
//! length times the text's.

/// One step of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Exactly(char),
    /// `?`.
    One,
    /// `*`.
    Any,
}

/// A pattern whose variables have their values; a variable without one makes it match nothing.
pub(super) struct Pattern(Option<Vec<Step>>);

impl Pattern {
    /// `${key}`, `${key, 'default'}`, and `${*}`, `${?}`, `${$}` for the characters themselves.
    pub(super) fn new(pattern: &str, context: &[(&str, &str)]) -> Self {
        let mut steps = Vec::with_capacity(pattern.len());
        let mut rest = pattern;
        while let Some(c) = rest.chars().next() {
            if let Some((name, after)) = rest.strip_prefix("${").and_then(|inner| inner.split_once('}')) {
                let Some(value) = value(name, context) else { return Self(None) };
                steps.extend(value.chars().map(Step::Exactly));
                rest = after;
                continue;
            }
            steps.push(match c {
                '*' => Step::Any,
                '?' => Step::One,
                c => Step::Exactly(c),
            });
            rest = &rest[c.len_utf8()..];
        }
        Self(Some(steps))
    }

    /// The text that the pattern is when its wildcards mean themselves.
    pub(super) fn literal(&self) -> Option<String> {
        let char_of = |step: &Step| match step {
            Step::Exactly(c) => *c,
            Step::One => '?',
            Step::Any => '*',
        };
        Some(self.0.as_ref()?.iter().map(char_of).collect())
    }

    pub(super) fn matches(&self, text: &str) -> bool {
        let text: Vec<char> = text.chars().collect();
        self.0.as_ref().is_some_and(|steps| covers(steps, &text))
    }

    /// Part by part between the first five colons, so that no wildcard reaches over one (`ArnLike`).
    pub(super) fn matches_arn(&self, arn: &str) -> bool {
        let Some(steps) = &self.0 else { return false };
        let wanted: Vec<&[Step]> = steps.splitn(6, |step| *step == Step::Exactly(':')).collect();
        let parts: Vec<Vec<char>> = arn.splitn(6, ':').map(|part| part.chars().collect()).collect();
        // A lone `*` stands for any ARN.
        *steps == [Step::Any]
            || (wanted.len() == 6 && parts.len() == 6 && wanted.iter().zip(&parts).all(|(w, p)| covers(w, p)))
    }
}

fn value<'a>(name: &'a str, context: &[(&str, &'a str)]) -> Option<&'a str> {
    if ["*", "?", "$"].contains(&name) {
        return Some(name);
    }
    let (key, default) = match name.split_once(',') {
        Some((key, default)) => (key.trim(), default.trim().strip_prefix('\'').and_then(|d| d.strip_suffix('\''))),
        None => (name, None),
    };
    context.iter().find(|(k, _)| k.eq_ignore_ascii_case(key)).map(|(_, value)| *value).or(default)
}

/// Goes back to the last `*` only: what came before it has matched for good.
fn covers(steps: &[Step], text: &[char]) -> bool {
    let (mut s, mut t) = (0, 0);
    let mut last: Option<(usize, usize)> = None;
    while t < text.len() {
        match steps.get(s) {
            Some(Step::Any) => {
                last = Some((s, t));
                s += 1;
            }
            Some(Step::One) => {
                s += 1;
                t += 1;
            }
            Some(Step::Exactly(c)) if *c == text[t] => {
                s += 1;
                t += 1;
            }
            _ => {
                let Some((star, from)) = last else { return false };
                last = Some((star, from + 1));
                s = star + 1;
                t = from + 1;
            }
        }
    }
    steps[s..].iter().all(|step| *step == Step::Any)
}

/// `*` and `?` as in policies, nothing else.
#[must_use]
pub fn matches(pattern: &str, text: &str) -> bool {
    let step = |c| match c {
        '*' => Step::Any,
        '?' => Step::One,
        c => Step::Exactly(c),
    };
    Pattern(Some(pattern.chars().map(step).collect())).matches(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `*` and `?` mean, by their definition; takes exponential time.
    fn defined(pattern: &[char], text: &[char]) -> bool {
        match (pattern.split_first(), text.split_first()) {
            (None, _) => text.is_empty(),
            (Some(('*', rest)), _) => (0..=text.len()).any(|n| defined(rest, &text[n..])),
            (Some(('?', rest)), Some((_, after))) => defined(rest, after),
            (Some((c, rest)), Some((d, after))) => c == d && defined(rest, after),
            (Some(_), None) => false,
        }
    }

    #[test]
    fn every_short_pattern_matches_what_its_definition_says() {
        let words = |alphabet: &str, most: u32| -> Vec<String> {
            let letters: Vec<char> = alphabet.chars().collect();
            let mut all = vec![String::new()];
            for n in 1..=most {
                all.extend((0..letters.len().pow(n)).map(|mut i| {
                    (0..n).map(|_| (letters[i % letters.len()], i /= letters.len()).0).collect::<String>()
                }));
            }
            all
        };
        for pattern in words("ab*?", 5) {
            for text in words("ab", 4) {
                let (p, t): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
                assert_eq!(matches(&pattern, &text), defined(&p, &t), "{pattern} {text}");
            }
        }
    }

    #[test]
    fn a_pattern_made_to_hurt_takes_no_longer_than_its_size() {
        let pattern = "*a".repeat(5_000) + "b";
        let began = std::time::Instant::now();
        assert!(!matches(&pattern, &"a".repeat(20_000)));
        assert!(began.elapsed() < std::time::Duration::from_secs(10), "{:?}", began.elapsed());
    }

    #[test]
    fn an_arn_is_matched_part_by_part() {
        let like = |pattern: &str, arn: &str| Pattern::new(pattern, &[]).matches_arn(arn);
        let arn = "arn:aws:execute-api:us-east-1:123456789012:abc/prod/$connect";
        assert!(like("arn:aws:execute-api:us-east-1:123456789012:abc/*/$connect", arn));
        assert!(like("arn:aws:execute-api:*:*:abc/*", arn) && like("*", arn));
        assert!(!like("arn:aws:execute-api:*:abc/*", arn) && !like("arn:*", arn));
    }
}
