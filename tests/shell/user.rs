//! What a person does with the window: look for something, click, type. Counts the actions, as the budgets do.
//!
//! Things are found as `tests/browser/README.md` lists them; this file holds the window's only locators in Rust.

use std::path::Path;
use std::time::Duration;

use thirtyfour::prelude::*;

/// Long enough for a window on a busy machine, short enough to fail in a sentence.
const PATIENCE: Duration = Duration::from_secs(30);
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Somebody at the window.
pub struct User {
    pub window: WebDriver,
    /// Clicks, key chords and fields filled so far.
    pub actions: u32,
}

impl User {
    pub fn at(window: WebDriver) -> Self {
        Self { window, actions: 0 }
    }

    /// Waits for the primary button that says this. A screen, a verdict and a sheet have one each.
    pub async fn primary(&self, words: &str) -> WebDriverResult<WebElement> {
        let primary = "//button[contains(concat(' ', @class, ' '), ' primary ')]";
        let by = By::XPath(format!("{primary}[starts-with(normalize-space(), '{words}')]"));
        let what = format!("the primary button {words:?}");
        self.window.query(by).desc(&what).wait(PATIENCE, LOOK_EVERY).and_clickable().first().await
    }

    /// Clicks it.
    pub async fn click(&mut self, words: &str) -> WebDriverResult<()> {
        let button = self.primary(words).await?;
        self.actions += 1;
        button.click().await
    }

    /// Fills the field with this label.
    pub async fn fill(&mut self, label: &str, text: &str) -> WebDriverResult<()> {
        let by = By::Css(format!("[aria-label='{label}']:is(input, textarea)"));
        let field = self.window.query(by).desc(label).wait(PATIENCE, LOOK_EVERY).and_displayed().first().await?;
        self.actions += 1;
        field.clear().await?;
        field.send_keys(text).await
    }

    /// Waits until something with this test id and these `data-` values is on the screen and says all of these words.
    pub async fn see(&self, test_id: &str, data: &[(&str, &str)], words: &[&str]) -> WebDriverResult<WebElement> {
        let has: String = data.iter().map(|(name, value)| format!("[@data-{name}='{value}']")).collect();
        let says: String = words.iter().map(|word| format!("[contains(., '{word}')]")).collect();
        let by = By::XPath(format!("//*[@data-testid='{test_id}']{has}{says}"));
        let what = format!("{test_id} {data:?} that says {words:?}");
        self.window.query(by).desc(&what).wait(PATIENCE, LOOK_EVERY).and_displayed().first().await
    }

    /// Whether keys that are typed now would arrive here.
    pub async fn in_front(&self) -> bool {
        self.window.execute("return document.hasFocus()", vec![]).await.unwrap().json() == true
    }

    /// Keeps a picture of the window.
    pub async fn photograph(&self, file: &Path) -> WebDriverResult<()> {
        self.window.screenshot(file).await
    }
}
