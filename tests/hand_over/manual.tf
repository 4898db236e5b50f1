# wss://chat.example.com/it's-$5_(now)!*.+v2 leads to stage prod of a1b2c3d4e5. What exists is imported, not made again.
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
  id = "*.example.com"
}

import {
  to = aws_apigatewayv2_api_mapping.chat
  id = "5r3k2m/*.example.com"
}

resource "aws_acm_certificate" "chat" {
  domain_name       = "*.example.com"
  validation_method = "DNS"

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_apigatewayv2_domain_name" "chat" {
  domain_name = "*.example.com"

  domain_name_configuration {
    certificate_arn = aws_acm_certificate.chat.arn
    endpoint_type   = "REGIONAL"
    security_policy = "TLS_1_2"
    ip_address_type = "ipv4"
  }
}

resource "aws_apigatewayv2_api_mapping" "chat" {
  api_id          = "a1b2c3d4e5"
  stage           = "prod"
  api_mapping_key = "it's-$5_(now)!*.+v2"
  domain_name     = aws_apigatewayv2_domain_name.chat.id
}

output "url" {
  value = "wss://chat.example.com/it's-$5_(now)!*.+v2"
}

output "callback_url" {
  value = "https://chat.example.com/it's-$5_(now)!*.+v2"
}
