//! What AWS takes at which field: lengths, ranges, character sets. Said at the field, before anything is sent.
//!
//! Sources stand at each rule. AWS may refuse all the same, and then its own words are shown.
