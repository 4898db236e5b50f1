//! Integrations of every type, templates, models, authorizers and their recorded answers.
