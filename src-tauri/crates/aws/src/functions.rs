//! Lambda functions to choose from.

use futures_util::try_join;

use crate::{Access, Error};

/// A function.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// Its ARN, without alias or version.
    pub arn: String,
    /// `nodejs22.x`; of a container image: `container image`.
    pub runtime: String,
    /// Its aliases, and then its versions, newest first. Not asked for in lists.
    pub qualifiers: Vec<String>,
}

/// Reads every page of a list of Lambda's.
macro_rules! pages {
    ($access:expr, $request:expr, $list:ident) => {{
        let mut items = Vec::new();
        let mut marker: Option<String> = None;
        loop {
            let page = $request.set_marker(marker).send().await.map_err(|e| $access.failed(e))?;
            items.extend(page.$list.unwrap_or_default());
            marker = page.next_marker.filter(|m| !m.is_empty());
            if marker.is_none() {
                break items;
            }
        }
    }};
}

impl Access {
    /// The functions of the region, sorted by name.
    ///
    /// # Errors
    /// Whatever AWS says.
    pub async fn functions(&self) -> Result<Vec<Function>, Error> {
        let found = pages!(self, self.inner.lambda.list_functions(), functions);
        let mut functions: Vec<Function> = found.iter().map(function).collect();
        functions.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(functions)
    }

    /// One function with its aliases and versions, by name or ARN.
    ///
    /// # Errors
    /// Whatever AWS says.
    pub async fn function(&self, name: &str) -> Result<Function, Error> {
        let lambda = &self.inner.lambda;
        let (aliases, versions) = try_join!(
            async { Ok::<_, Error>(pages!(self, lambda.list_aliases().function_name(name), aliases)) },
            async { Ok(pages!(self, lambda.list_versions_by_function().function_name(name), versions)) },
        )?;
        // `$LATEST` is a version too: the function as it stands now.
        let mut found = versions.iter().find(|v| v.version() == Some("$LATEST")).map(function).unwrap_or_default();
        found.qualifiers = aliases.into_iter().filter_map(|alias| alias.name).collect();
        found.qualifiers.sort();
        let numbers = versions.iter().filter_map(|v| v.version()?.parse::<u64>().ok());
        let mut numbers: Vec<u64> = numbers.collect();
        numbers.sort_unstable_by(|a, b| b.cmp(a));
        found.qualifiers.extend(numbers.iter().map(u64::to_string));
        Ok(found)
    }

    /// The log group that a function writes to, as its configuration says; absent: the one that Lambda names after it.
    ///
    /// # Errors
    /// Whatever AWS says.
    pub async fn function_log_group(&self, name: &str) -> Result<Option<String>, Error> {
        let request = self.inner.lambda.get_function_configuration().function_name(name);
        let said = request.send().await.map_err(|e| self.failed(e))?;
        Ok(said.logging_config().and_then(|c| c.log_group()).filter(|g| !g.is_empty()).map(str::to_owned))
    }
}

fn function(of: &aws_sdk_lambda::types::FunctionConfiguration) -> Function {
    use aws_sdk_lambda::types::PackageType;
    let runtime = of.runtime().map(|r| r.as_str().to_owned());
    let image = || (of.package_type() == Some(&PackageType::Image)).then(|| "container image".to_owned());
    Function {
        name: of.function_name().unwrap_or_default().to_owned(),
        arn: of.function_arn().unwrap_or_default().trim_end_matches(":$LATEST").to_owned(),
        runtime: runtime.or_else(image).unwrap_or_default(),
        qualifiers: Vec::new(),
    }
}
