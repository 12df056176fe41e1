#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A sketch of a Kubernetes validating webhook: pods whose command does not fit their card are refused.

    admission.py [--port 8443 --certificate cert.pem --key key.pem]     serves AdmissionReview (admission.k8s.io/v1)
    admission.py --once < review.json                                   answers one review and ends

The card is the node's: the pod's nodeSelector "nvidia.com/gpu.product", which NVIDIA's feature discovery sets, or the
annotation "cardfit/card". $CARDFIT is the tool. The command is read, never run. A pod that has no card, or whose command
cardfit cannot read, is admitted, with a warning.
"""

import argparse
import http.server
import json
import os
import ssl
import subprocess
import sys

LARGEST = 3 << 20  # bytes of a review: the API server's own limit


def card_of(pod):
    """Returns the card that a pod asks for; None if it names none."""
    annotation = pod.get("metadata", {}).get("annotations", {}).get("cardfit/card")
    return annotation or pod.get("spec", {}).get("nodeSelector", {}).get("nvidia.com/gpu.product")


def check(container, card):
    """Returns whether a container may start, and a text for people."""
    cards = container.get("resources", {}).get("limits", {}).get("nvidia.com/gpu")
    words = container.get("command", []) + container.get("args", [])
    if not cards or not words:
        return True, ""
    if not card:
        return True, "cardfit: the pod names no card (annotation cardfit/card)"
    command = [os.environ.get("CARDFIT", "cardfit"), "check", "--card", card, "--cards", str(cards), "--", *words]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=25, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return True, f"cardfit: not checked: {error}"
    text = (done.stdout or done.stderr).strip()
    if done.returncode == 1:
        return False, text
    return True, "" if done.returncode == 0 else f"cardfit: not checked: {text}"


def review(document):
    """Returns the answer to an AdmissionReview."""
    request = document["request"]
    pod = request["object"]
    pod = pod.get("spec", {}).get("template", pod)  # of a Job or a Deployment
    checks = [check(each, card_of(pod)) for each in pod.get("spec", {}).get("containers", [])]
    response = {"uid": request["uid"], "allowed": all(allowed for allowed, _ in checks)}
    refused = [text for allowed, text in checks if not allowed]
    if refused:
        response["status"] = {"code": 403, "message": "\n".join(refused)}
    warnings = [text for allowed, text in checks if allowed and text]
    if warnings:
        response["warnings"] = warnings
    return {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": response}


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        size = int(self.headers.get("Content-Length", 0))
        try:
            body = json.dumps(review(json.loads(self.rfile.read(min(size, LARGEST))))).encode()
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            return self.send_error(400, str(error))
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--once", action="store_true")
    options.add_argument("--port", type=int, default=8443)
    options.add_argument("--certificate")
    options.add_argument("--key")
    o = options.parse_args()
    if o.once:
        print(json.dumps(review(json.load(sys.stdin))))
        return
    server = http.server.ThreadingHTTPServer(("", o.port), Handler)
    if o.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(o.certificate, o.key)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
