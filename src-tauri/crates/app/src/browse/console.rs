//! Where things are in the AWS console.
//!
//! The hosts are the partitions' own, the region in front. AWS documents none of the paths: they are those that people's
//! READMEs and outputs link to for WebSocket APIs (routes) and REST APIs (stages), so that they still hold is assumed. A stage
//! has no address of its own there: its API's list of stages is the nearest.

use gatescope_model::permission::partition;

/// An API's routes.
pub(super) fn api(region: &str, api_id: &str) -> String {
    format!("{}/apigateway/main/apis/{api_id}/routes?api={api_id}&region={region}", host(region))
}

/// An API's stages.
pub(super) fn stages(region: &str, api_id: &str) -> String {
    format!("{}/apigateway/main/apis/{api_id}/stages?api={api_id}&region={region}", host(region))
}

fn host(region: &str) -> String {
    let domain = match partition(region) {
        "aws-cn" => "console.amazonaws.cn",
        "aws-us-gov" => "console.amazonaws-us-gov.com",
        _ => "console.aws.amazon.com",
    };
    format!("https://{region}.{domain}")
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_partition_has_its_own_console() {
        for (region, host) in [
            ("us-east-1", "https://us-east-1.console.aws.amazon.com"),
            ("eu-central-2", "https://eu-central-2.console.aws.amazon.com"),
            ("cn-north-1", "https://cn-north-1.console.amazonaws.cn"),
            ("cn-northwest-1", "https://cn-northwest-1.console.amazonaws.cn"),
            ("us-gov-west-1", "https://us-gov-west-1.console.amazonaws-us-gov.com"),
            ("us-gov-east-1", "https://us-gov-east-1.console.amazonaws-us-gov.com"),
        ] {
            let routes = format!("{host}/apigateway/main/apis/3fmvso4h96/routes?api=3fmvso4h96&region={region}");
            let stages = format!("{host}/apigateway/main/apis/3fmvso4h96/stages?api=3fmvso4h96&region={region}");
            assert_eq!(super::api(region, "3fmvso4h96"), routes);
            assert_eq!(super::stages(region, "3fmvso4h96"), stages);
        }
    }
}
