//! What a tag's key or value may be made of, as botocore's models of ACM and IAM have it alike.

/// Letters, blanks and numbers of any script, and the signs `_.:/=+-@`. Marks that belong to letters pass too, where
/// AWS's pattern has none.
pub(crate) fn is_text(text: &str) -> bool {
    text.chars().all(|c| c.is_alphanumeric() || (c.is_whitespace() && !c.is_control()) || "_.:/=+-@".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_any_script_are_a_tag_and_other_signs_are_not() {
        for text in ["", "Größe 1", "鍵", "a.b:c/d=e+f-g@h_i"] {
            assert!(is_text(text), "{text}");
        }
        for text in ["NOWAY!", "a*b", "tab\there", "a,b"] {
            assert!(!is_text(text), "{text}");
        }
    }
}
