// wss://chat.example.com leads to stage prod of a1b2c3d4e5. What exists is imported, not made again; take the imports out after the first `pulumi up`.
import * as aws from "@pulumi/aws";

const provider = new aws.Provider("region", { region: "eu-west-1" });

const domain = new aws.apigatewayv2.DomainName("domain", {
  domainName: "chat.example.com",
  domainNameConfiguration: {
    certificateArn: "arn:aws:acm:eu-west-1:123456789012:certificate/6f1d1b8e-3f6c-4a5e-9a55-0c4a3b1f2d3e",
    endpointType: "REGIONAL",
    securityPolicy: "TLS_1_2",
    ipAddressType: "ipv4",
  },
}, { provider, import: "chat.example.com" });

const mapping = new aws.apigatewayv2.ApiMapping("mapping", {
  apiId: "a1b2c3d4e5",
  stage: "prod",
  domainName: domain.id,
}, { provider, import: "5r3k2m/chat.example.com" });

const aliasA = new aws.route53.Record("aliasA", {
  zoneId: "Z1UJRXOUMOOFQ8",
  name: "chat.example.com",
  type: "A",
  aliases: [{
    name: domain.domainNameConfiguration.targetDomainName,
    zoneId: domain.domainNameConfiguration.hostedZoneId,
    evaluateTargetHealth: false,
  }],
}, { provider, import: "Z1UJRXOUMOOFQ8_chat.example.com_A" });

export const url = "wss://chat.example.com";
export const callbackUrl = "https://chat.example.com";
