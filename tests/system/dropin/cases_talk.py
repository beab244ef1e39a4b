"""Cases of the probers dns and grpc that 0.23 knows, every option at least once right and once wrong."""

from tests.system.dropin.case import Case, dns, grpc
from tests.system.dropin.world_talk import ODD

SAFE = {"ca_file": "<root.pem>"}
SERVER, GRPC, SECURE = "127.0.0.1:<dns>", "127.0.0.1:<grpc>", "localhost:<grpc-tls>"
DOT = {"transport_protocol": "tcp", "dns_over_tls": True}
A = {"query_name": "example.org", "query_type": "A"}
SOA = {"query_name": "example.org", "query_type": "SOA"}

CASES: tuple[Case, ...] = (
    dns("a", SERVER, **A),
    dns("name-absent", SERVER, query_name="absent.example.org", query_type="A"),
    dns("name-empty-answer", SERVER, query_name="empty.example.org", query_type="A"),
    dns("any", SERVER, query_name="example.org"),
    dns("silent", SERVER, query_name="silent.example.org", query_type="A", timeout="1s"),
    dns("refused", "127.0.0.1:<closed>", **A),
    dns("unknown-host", "nosuch.invalid", **A),
    dns("type-soa", SERVER, **SOA),
    dns("type-wrong", SERVER, query_name="example.org", query_type="AAAA"),
    dns(
        "class-right",
        SERVER,
        query_name="version.bind",
        query_type="TXT",
        query_class="CH",
        validate_answer_rrs={"fail_if_none_matches_regexp": ["9"]},
    ),
    dns(
        "class-wrong",
        SERVER,
        query_name="version.bind",
        query_type="TXT",
        query_class="IN",
        validate_answer_rrs={"fail_if_none_matches_regexp": ["9"]},
    ),
    dns("recursion-right", SERVER, query_name="norecursion.example.org", query_type="A", recursion_desired=False),
    dns("recursion-wrong", SERVER, query_name="norecursion.example.org", query_type="A", recursion_desired=True),
    dns("tcp-right", SERVER, transport_protocol="tcp", **A),
    dns("tcp-refused", "127.0.0.1:<closed>", transport_protocol="tcp", **A),
    dns("tcp-silent", SERVER, transport_protocol="tcp", query_name="silent.example.org", query_type="A", timeout="1s"),
    dns("transport-wrong", SERVER, transport_protocol="sctp", **A),
    dns("tls-right", "localhost:<dot>", transport_protocol="tcp", dns_over_tls=True, tls_config=SAFE, **A),
    dns("tls-wrong", "localhost:<dot>", transport_protocol="tcp", dns_over_tls=True, **A),
    dns("tls-named", "127.0.0.1:<dot>", **DOT, tls_config={**SAFE, "server_name": "localhost"}, **A),
    dns("tls-misnamed", "localhost:<dot>", **DOT, tls_config={**SAFE, "server_name": "elsewhere.example.org"}, **A),
    dns("tls-skip", "localhost:<dot>", **DOT, tls_config={"insecure_skip_verify": True}, **A),
    dns("tls-skip-off", "localhost:<dot>", **DOT, tls_config={"insecure_skip_verify": False}, **A),
    dns("tls-udp", "localhost:<dot>", dns_over_tls=True, tls_config=SAFE, **A),
    dns("tls-of-plain", SERVER, transport_protocol="tcp", dns_over_tls=True, tls_config=SAFE, timeout="3s", **A),
    dns("source-right", SERVER, source_ip_address="127.0.0.5", **A),
    dns("source-right-tcp", SERVER, source_ip_address="127.0.0.5", transport_protocol="tcp", **A),
    dns("source-wrong", SERVER, source_ip_address="no address", **A),
    dns("ip4-right", "localhost:<dns>", preferred_ip_protocol="ip4", **A),
    dns("ip6-no-fallback", SERVER, preferred_ip_protocol="ip6", ip_protocol_fallback=False, **A),
    dns("ip6-fallback", SERVER, preferred_ip_protocol="ip6", ip_protocol_fallback=True, **A),
    dns("rcodes-right", SERVER, query_name="absent.example.org", query_type="A", valid_rcodes=["NXDOMAIN"]),
    dns("rcodes-wrong", SERVER, valid_rcodes=["NXDOMAIN", "SERVFAIL"], **A),
    dns("rcodes-unknown", SERVER, valid_rcodes=["NOSUCH"], **A),
    *(
        dns(f"{section}-{key}-{how}", SERVER, **SOA, **{f"validate_{section}_rrs": {rule: patterns}})
        for section, good in (("answer", "2026112501"), ("authority", "NS\tns"), ("additional", "A\t192"))
        for key, rule, right, wrong in (
            ("matches", "fail_if_matches_regexp", ["absent"], ["absent", good]),
            ("all-match", "fail_if_all_match_regexp", [good], ["absent"]),
            ("not-matches", "fail_if_not_matches_regexp", [good], [good, "absent"]),
            ("none-matches", "fail_if_none_matches_regexp", ["absent", good], ["absent"]),
        )
        for how, patterns in (("right", right), ("wrong", wrong))
    ),
    dns("answer-of-two-not-matches", SERVER, validate_answer_rrs={"fail_if_not_matches_regexp": ["192.0.2.1$"]}, **A),
    dns("answer-of-two-none-matches", SERVER, validate_answer_rrs={"fail_if_none_matches_regexp": ["192.0.2.1$"]}, **A),
    dns(
        "answer-text",
        SERVER,
        query_name="example.org",
        query_type="TXT",
        validate_answer_rrs={"fail_if_not_matches_regexp": ['^example.org.\t60\tIN\tTXT\t"v=spf1 -all" "two"$']},
    ),
    dns(
        "answer-mx",
        SERVER,
        query_name="example.org",
        query_type="MX",
        validate_answer_rrs={"fail_if_not_matches_regexp": ["^example.org.\t60\tIN\tMX\t10 mail.example.org.$"]},
    ),
    dns(
        "answer-soa",
        SERVER,
        validate_answer_rrs={
            "fail_if_not_matches_regexp": [
                "^example.org.\t60\tIN\tSOA\tns.example.org. admin.example.org. 2026112501 7200 3600 1209600 300$"
            ]
        },
        **SOA,
    ),
    dns(
        "empty-none-matches",
        SERVER,
        query_name="empty.example.org",
        query_type="A",
        validate_answer_rrs={"fail_if_none_matches_regexp": [".*"]},
    ),
    dns(
        "empty-all-match",
        SERVER,
        query_name="empty.example.org",
        query_type="A",
        validate_answer_rrs={"fail_if_all_match_regexp": [".*"]},
    ),
    *(
        dns(f"odd-{name}-{transport}", SERVER, transport_protocol=transport, timeout="1s", **{**A, "query_name": odd})
        for transport in ("udp", "tcp")
        for odd in ODD
        for name in (odd.partition(".")[0],)
    ),
    dns("type-axfr", SERVER, query_name="example.org", query_type="AXFR"),
    dns("class-any", SERVER, query_name="example.org", query_type="A", query_class="ANY"),
    dns("ip6-address", "[::1]:<closed>", **A),
    grpc("right", GRPC),
    grpc("with-scheme", "http://127.0.0.1:<grpc>"),
    grpc("refused", "127.0.0.1:<closed>", timeout="2s"),
    grpc("unknown-host", "nosuch.invalid:50051"),
    grpc("service-right", GRPC, service="shop"),
    grpc("service-wrong", GRPC, service="down"),
    grpc("service-unknown", GRPC, service="unknown"),
    grpc("service-absent", GRPC, service="absent"),
    grpc("service-denied", GRPC, service="locked"),
    grpc("tls-right", SECURE, tls=True, tls_config=SAFE),
    grpc("tls-wrong", SECURE, tls=True, timeout="2s"),
    grpc("tls-named", "127.0.0.1:<grpc-tls>", tls=True, tls_config={**SAFE, "server_name": "localhost"}),
    grpc("tls-misnamed", SECURE, tls=True, tls_config={**SAFE, "server_name": "elsewhere.example.org"}, timeout="2s"),
    grpc("tls-down", SECURE, tls=True, tls_config=SAFE, service="down"),
    grpc("tls-skip", SECURE, tls=True, tls_config={"insecure_skip_verify": True}),
    grpc("ip4-right", "localhost:<grpc>", preferred_ip_protocol="ip4"),
    grpc("ip6-no-fallback", GRPC, preferred_ip_protocol="ip6", ip_protocol_fallback=False),
    grpc("ip6-fallback", GRPC, preferred_ip_protocol="ip6", ip_protocol_fallback=True),
    grpc("tls-skip-off", SECURE, tls=True, tls_config={"insecure_skip_verify": False}, timeout="2s"),
)
