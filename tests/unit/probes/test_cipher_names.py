"""Names of ciphers are those of the standards, as OpenSSL itself lists them."""

import subprocess

from slamon.probes.cipher_names import standard_name


def test_every_cipher_that_openssl_knows() -> None:
    words = ["openssl", "ciphers", "-stdname", "ALL:COMPLEMENTOFALL:@SECLEVEL=0"]
    lines = subprocess.run(words, capture_output=True, text=True, check=True).stdout.splitlines()
    pairs = {line.split()[2]: line.split()[0] for line in lines}
    assert len(pairs) > 100
    wrong = {name: (standard_name(name), right) for name, right in pairs.items() if standard_name(name) != right}
    assert wrong == {}


def test_none() -> None:
    assert standard_name("") == ""
