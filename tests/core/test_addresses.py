"""Addresses in their one way of writing, whatever the operator typed."""

import pytest

from certification.credentials.did import did_of
from core.addresses import AddressError, get_address_host, normalise_address, normalise_authority


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("https://cert.example.cn", "https://cert.example.cn"),
        ("https://cert.example.cn/", "https://cert.example.cn"),
        ("HTTPS://Cert.Example.CN", "https://cert.example.cn"),
        (" https://cert.example.cn. ", "https://cert.example.cn"),
        ("https://cert.example.cn:443", "https://cert.example.cn"),
        ("http://cert.example.cn:80/", "http://cert.example.cn"),
        ("http://cert.example.cn:443", "http://cert.example.cn:443"),
        ("https://www.cert.example.cn:8443", "https://www.cert.example.cn:8443"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("https://证书.example.cn", "https://xn--1jqs90m.example.cn"),
    ],
)
def test_one_address_is_written_in_one_way(typed, written):
    assert normalise_address(typed) == written
    assert normalise_address(written) == written


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "cert.example.cn",
        "ftp://cert.example.cn",
        "https://cert.example.cn/craftpath",
        "https://a:b@cert.example.cn",
        "https://a:x",
    ],
)
def test_what_is_no_address_of_a_site_is_refused(typed):
    with pytest.raises(AddressError):
        normalise_address(typed)


@pytest.mark.parametrize(
    ("address", "did"),
    [
        ("https://Cert.example.cn.:443/", "did:web:cert.example.cn"),
        ("http://127.0.0.1:8000", "did:web:127.0.0.1%3A8000"),
        ("https://www.example.cn:8443", "did:web:www.example.cn%3A8443"),
    ],
)
def test_the_issuer_is_the_same_however_its_address_is_typed(address, did):
    assert did_of(address) == did


def test_hosts_as_requests_name_them():
    assert normalise_authority("Cert.Example.cn.:443", scheme="https") == "cert.example.cn"
    assert normalise_authority("cert.example.cn:8443", scheme="https") == "cert.example.cn:8443"
    assert [
        get_address_host(one)
        for one in ("https://a.cn:8443", "https://a.cn", "http://[::1]:80", "http://[::1]")
    ] == [
        "a.cn",
        "a.cn",
        "[::1]",
        "[::1]",
    ]
