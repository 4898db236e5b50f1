# wss://chat.example.com/chat leads to stage prod of a1b2c3d4e5. What exists is imported, not made again.
terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

provider "aws" {
  region = "eu-west-1"
}

import {
  to = aws_acm_certificate.chat
  id = "arn:aws:acm:eu-west-1:123456789012:certificate/6f1d1b8e-3f6c-4a5e-9a55-0c4a3b1f2d3e"
}

import {
  to = aws_apigatewayv2_domain_name.chat
  id = "chat.example.com"
}

import {
  to = aws_apigatewayv2_api_mapping.chat
  id = "5r3k2m/chat.example.com"
}

import {
  to = aws_route53_record.a
  id = "Z1UJRXOUMOOFQ8_chat.example.com_A"
}

import {
  to = aws_route53_record.aaaa
  id = "Z1UJRXOUMOOFQ8_chat.example.com_AAAA"
}

resource "aws_acm_certificate" "chat" {
  domain_name       = "chat.example.com"
  validation_method = "DNS"

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_route53_record" "validation" {
  for_each = {
    for option in aws_acm_certificate.chat.domain_validation_options : option.domain_name => option
  }

  allow_overwrite = true
  zone_id         = "Z1UJRXOUMOOFQ8"
  name            = each.value.resource_record_name
  type            = each.value.resource_record_type
  ttl             = 300
  records         = [each.value.resource_record_value]
}

resource "aws_acm_certificate_validation" "chat" {
  certificate_arn         = aws_acm_certificate.chat.arn
  validation_record_fqdns = [for record in aws_route53_record.validation : record.fqdn]
}

resource "aws_apigatewayv2_domain_name" "chat" {
  domain_name = "chat.example.com"

  domain_name_configuration {
    certificate_arn = aws_acm_certificate_validation.chat.certificate_arn
    endpoint_type   = "REGIONAL"
    security_policy = "TLS_1_2"
    ip_address_type = "dualstack"
  }
}

resource "aws_apigatewayv2_api_mapping" "chat" {
  api_id          = "a1b2c3d4e5"
  stage           = "prod"
  api_mapping_key = "chat"
  domain_name     = aws_apigatewayv2_domain_name.chat.id
}

resource "aws_route53_record" "a" {
  zone_id = "Z1UJRXOUMOOFQ8"
  name    = "chat.example.com"
  type    = "A"

  alias {
    name                   = aws_apigatewayv2_domain_name.chat.domain_name_configuration[0].target_domain_name
    zone_id                = aws_apigatewayv2_domain_name.chat.domain_name_configuration[0].hosted_zone_id
    evaluate_target_health = false
  }
}

resource "aws_route53_record" "aaaa" {
  zone_id = "Z1UJRXOUMOOFQ8"
  name    = "chat.example.com"
  type    = "AAAA"

  alias {
    name                   = aws_apigatewayv2_domain_name.chat.domain_name_configuration[0].target_domain_name
    zone_id                = aws_apigatewayv2_domain_name.chat.domain_name_configuration[0].hosted_zone_id
    evaluate_target_health = false
  }
}

output "url" {
  value = "wss://chat.example.com/chat"
}

output "callback_url" {
  value = "https://chat.example.com/chat"
}
