//! Text as people paste it, made one line: escapes undone, breaks and runs of blanks made one blank, quotes made plain.
//!
//! Sentences are looked for in it, so that a break in the middle of one, a JSON string or a table around it do not matter.
//! It knows no sentence; `sentences.rs` does.

/// Bytes that are looked through; more than anybody pastes of other things than logs.
const LIMIT: usize = 1 << 20;

/// A text, and where its lines were.
#[derive(Debug, Default)]
pub(super) struct Pasted {
    pub text: String,
    /// The same in lower case (ASCII), so offsets are the same.
    pub lower: String,
    /// Where each line begins in it, and its number; 0 for what was not in the input.
    lines: Vec<(usize, u32)>,
}

impl Pasted {
    /// Adds a line, or several under one number.
    pub fn push(&mut self, line: &str, number: u32) {
        let room = LIMIT.saturating_sub(self.text.len());
        let line = &line[..line.floor_char_boundary(room)];
        self.lines.push((self.text.len(), number));
        let start = self.text.len();
        let mut chars = line.chars().peekable();
        while let Some(c) = chars.next() {
            let plain = match c {
                '\\' => match chars.peek() {
                    Some('n' | 't' | 'r') => {
                        chars.next();
                        ' '
                    }
                    Some('"' | '\'' | '/' | '\\') => continue,
                    _ => c,
                },
                '’' | '‘' => '\'',
                '“' | '”' => '"',
                // The bars with which Terraform frames its errors.
                '│' | '╷' | '╵' => ' ',
                c if c.is_whitespace() || c.is_control() => ' ',
                c => c,
            };
            if plain != ' ' || !self.text.ends_with(' ') {
                self.text.push(plain);
            }
        }
        if !self.text.ends_with(' ') {
            self.text.push(' ');
        }
        self.lower.push_str(&self.text[start..].to_ascii_lowercase());
    }

    /// The number of the line in which an offset stands.
    pub fn number(&self, offset: usize) -> Option<u32> {
        let at = self.lines.partition_point(|(start, _)| *start <= offset);
        self.lines.get(at.checked_sub(1)?).map(|(_, number)| *number).filter(|number| *number > 0)
    }

    /// The number that stands within some bytes after a text, the first of the wanted ones.
    pub fn number_after(&self, texts: &[&str], wanted: impl Fn(u16) -> bool) -> Option<(u16, usize)> {
        for text in texts {
            for (at, _) in self.lower.match_indices(text) {
                let rest = &self.lower[at + text.len()..];
                let rest = &rest[..rest.floor_char_boundary(28)];
                let numbers = rest.split(|c: char| !c.is_ascii_alphanumeric()).filter_map(|word| word.parse().ok());
                if let Some(number) = numbers.into_iter().find(|n| wanted(*n)) {
                    return Some((number, at));
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn breaks_escapes_and_tables_leave_the_sentence_whole_and_its_line_known() {
        let mut pasted = Pasted::default();
        pasted.push("| {\\\"message\\\":\\n \\\"Endpoint", 4);
        pasted.push("  request\ttimed out\\\"} |", 5);
        assert_eq!(pasted.text, "| {\"message\": \"Endpoint request timed out\"} | ");
        assert_eq!((pasted.number(0), pasted.number(30)), (Some(4), Some(5)));
        let mut closed = Pasted::default();
        closed.push("Disconnected (code: 1001, reason: \"\")", 1);
        assert_eq!(closed.number_after(&["disconnected (code"], |n| n > 999), Some((1001, 0)));
    }
}
