// wss://chat.example.com/it's-$5_(now)!*.+v2 leads to stage prod of a1b2c3d4e5. What exists is imported, not made again; take the imports out after the first `pulumi up`.
import * as aws from "@pulumi/aws";

const provider = new aws.Provider("region", { region: "eu-west-1" });

const certificate = new aws.acm.Certificate("certificate", {
  domainName: "*.example.com",
  validationMethod: "DNS",
}, { provider, import: "arn:aws:acm:eu-west-1:123456789012:certificate/6f1d1b8e-3f6c-4a5e-9a55-0c4a3b1f2d3e" });

const domain = new aws.apigatewayv2.DomainName("domain", {
  domainName: "*.example.com",
  domainNameConfiguration: {
    certificateArn: certificate.arn,
    endpointType: "REGIONAL",
    securityPolicy: "TLS_1_2",
    ipAddressType: "ipv4",
  },
}, { provider, import: "*.example.com" });

const mapping = new aws.apigatewayv2.ApiMapping("mapping", {
  apiId: "a1b2c3d4e5",
  stage: "prod",
  apiMappingKey: "it's-$5_(now)!*.+v2",
  domainName: domain.id,
}, { provider, import: "5r3k2m/*.example.com" });

export const url = "wss://chat.example.com/it's-$5_(now)!*.+v2";
export const callbackUrl = "https://chat.example.com/it's-$5_(now)!*.+v2";
