#!/usr/bin/env python3
"""Prints signatures of AWS's own Python packages with a fixed time and made-up keys, as JSON.

Needs from PyPI aws-msk-iam-sasl-signer-python (and botocore, which it brings). Each case has its inputs, the token of
aws-msk-iam-sasl-signer-python for OAUTHBEARER, the parameters of a signed request for a broker (AWS_MSK_IAM), and the headers
of a request to STS.
"""
import base64
import datetime
import importlib.metadata
import json
import urllib.parse

import aws_msk_iam_sasl_signer.MSKAuthTokenProvider as msk
import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

CASES = [
    ("us-east-1", "2026-11-29T01:02:03", "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", None,
     "b-1.demo.a1b2c3.c2.kafka.us-east-1.amazonaws.com"),
    ("eu-central-1", "2024-02-29T23:59:59", "ASIAEXAMPLE", "secret/with+signs=", "FwoGZXIvYXdzE//////////wEaDH+token/with=signs==",
     "boot-abc.c1.kafka-serverless.eu-central-1.amazonaws.com"),
    ("cn-north-1", "1999-12-31T00:00:00", "AKIDCN", "x", "t o k e n", "b-2.x.kafka.cn-north-1.amazonaws.com.cn"),
]


def parameters(url):
    return sorted(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query, strict_parsing=True))


def main():
    out = {"packages": {name: importlib.metadata.version(name) for name in ("aws-msk-iam-sasl-signer-python", "botocore")},
           "cases": []}
    for region, time, key, secret, token, host in CASES:
        now = datetime.datetime.fromisoformat(time)
        botocore.auth.get_current_datetime = lambda: now
        credentials = Credentials(key, secret, token)
        oauth, expires = msk.__dict__["__construct_auth_token"](region, credentials)
        url = base64.urlsafe_b64decode(oauth + "=" * (-len(oauth) % 4)).decode()
        signed = AWSRequest("GET", f"https://{host}/", params={"Action": "kafka-cluster:Connect"})
        botocore.auth.SigV4QueryAuth(credentials, "kafka-cluster", region, expires=900).add_auth(signed)
        body = "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fr&RoleSessionName=s"
        content = "application/x-www-form-urlencoded; charset=utf-8"
        sts = AWSRequest("POST", f"https://sts.{region}.amazonaws.com/", data=body, headers={"Content-Type": content})
        botocore.auth.SigV4Auth(credentials, "sts", region).add_auth(sts)
        out["cases"].append({
            "region": region, "time": int(now.replace(tzinfo=datetime.timezone.utc).timestamp()), "accessKeyID": key,
            "secretAccessKey": secret, "sessionToken": token, "host": host,
            "oauth": {"base": url.split("?")[0], "parameters": parameters(url), "expires": expires},
            "iam": parameters(signed.url),
            "sts": {"body": body, "contentType": content, "authorization": sts.headers["Authorization"],
                    "date": sts.headers["X-Amz-Date"]},
        })
    print(json.dumps(out, indent=1))


main()
