//! Where a JSON pointer leads in a text, by line and column. Only for text that has been read as JSON already.

/// Line and column of the value, both from 1; of a missing value: of what would hold it.
pub(super) fn of(text: &str, pointer: &str) -> (usize, usize) {
    let mut reader = Reader { text: text.as_bytes(), at: 0 };
    reader.blanks();
    for step in pointer.split('/').skip(1) {
        let before = reader.at;
        let step = step.replace("~1", "/").replace("~0", "~");
        if !reader.enter(&step) {
            reader.at = before;
            break;
        }
    }
    let before = &text[..text.floor_char_boundary(reader.at)];
    let line_start = before.rfind('\n').map_or(0, |n| n + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

struct Reader<'t> {
    text: &'t [u8],
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or_default()
    }

    fn blanks(&mut self) {
        while self.peek().is_ascii_whitespace() {
            self.at += 1;
        }
    }

    /// Goes to the member or item with this name; false when there is none.
    fn enter(&mut self, step: &str) -> bool {
        let is_object = match self.peek() {
            b'{' => true,
            b'[' => false,
            _ => return false,
        };
        self.at += 1;
        for index in 0usize.. {
            self.blanks();
            if matches!(self.peek(), b'}' | b']' | 0) {
                return false;
            }
            let here = if is_object {
                let name = self.string();
                self.blanks();
                self.at += 1; // the colon
                self.blanks();
                name == step
            } else {
                index.to_string() == step
            };
            if here {
                return true;
            }
            self.skip();
            self.blanks();
            if self.peek() == b',' {
                self.at += 1;
            }
        }
        false
    }

    /// Reads a string and gives what it stands for.
    fn string(&mut self) -> String {
        let start = self.at;
        self.at += 1;
        while !matches!(self.peek(), b'"' | 0) {
            self.at += if self.peek() == b'\\' { 2 } else { 1 };
        }
        self.at = (self.at + 1).min(self.text.len());
        serde_json::from_slice(&self.text[start..self.at]).unwrap_or_default()
    }

    /// Passes over a value.
    fn skip(&mut self) {
        let mut depth = 0usize;
        loop {
            match self.peek() {
                0 => return,
                b'"' => drop(self.string()),
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                }
                b'}' | b']' => {
                    if depth == 0 {
                        return;
                    }
                    depth -= 1;
                    self.at += 1;
                }
                b',' if depth == 0 => return,
                _ => self.at += 1,
            }
            if depth == 0 && matches!(self.peek(), b',' | b'}' | b']') {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn a_pointer_leads_to_its_value() {
        let text = "{\n  \"a\": [1, {\"b/c\": \"x,]}\"},\n   true],\n  \"d\": {\"é\": 2, \"e\": 3}\n}";
        assert_eq!(of(text, ""), (1, 1));
        assert_eq!(of(text, "/a"), (2, 8));
        assert_eq!(of(text, "/a/1/b~1c"), (2, 20));
        assert_eq!(of(text, "/a/2"), (3, 4));
        assert_eq!(of(text, "/d/e"), (4, 22));
        assert_eq!(of(text, "/d/missing"), (4, 8));
        assert_eq!(of("5", "/x"), (1, 1));
    }
}
