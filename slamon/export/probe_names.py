"""The families of `/probe`: names, labels and HELP as rules and panels for the blackbox exporter know them."""

from slamon.export.families import Family, Kind

PHASE = ("phase",)


def _gauge(name: str, help_: str, *labels: str) -> Family:
    return Family(f"probe_{name}", Kind.GAUGE, help_, labels)


SUCCESS = _gauge("success", "Displays whether or not the probe was a success")
DURATION = _gauge("duration_seconds", "Returns how long the probe took to complete in seconds")

LOOKUP_TIME = _gauge("dns_lookup_time_seconds", "Returns the time taken for probe dns lookup in seconds")
IP_PROTOCOL = _gauge("ip_protocol", "Specifies whether probe ip protocol is IP4 or IP6")
IP_ADDR_HASH = _gauge(
    "ip_addr_hash", "Specifies the hash of IP address. It's useful to detect if the IP address changes."
)

SSL_EARLIEST = _gauge("ssl_earliest_cert_expiry", "Returns last SSL chain expiry in unixtime")
SSL_LAST_CHAIN = _gauge("ssl_last_chain_expiry_timestamp_seconds", "Returns last SSL chain expiry in timestamp")
SSL_INFO = _gauge(
    "ssl_last_chain_info",
    "Contains SSL leaf certificate information",
    "fingerprint_sha256",
    "issuer",
    "serialnumber",
    "subject",
    "subjectalternative",
)
TLS_VERSION = _gauge("tls_version_info", "Returns the TLS version used or NaN when unknown", "version")
TLS_CIPHER = _gauge("tls_cipher_info", "Returns the TLS cipher negotiated during handshake", "cipher")

FAILED_BY_REGEX = _gauge("failed_due_to_regex", "Indicates if probe failed due to regex")
FAILED_BY_CEL = _gauge("failed_due_to_cel", "Indicates if probe failed due to CEL expression not matching")
FAILED_BY_BYTES = _gauge("failed_due_to_bytes", "Indicates if probe failed due to bytes")
EXPECT_INFO = _gauge("expect_info", "Explicit content matched")
"""Its labels are those of the module's step."""

HTTP_DURATION = _gauge("http_duration_seconds", "Duration of http request by phase, summed over all redirects", *PHASE)
HTTP_CONTENT_LENGTH = _gauge("http_content_length", "Length of http content response")
HTTP_BODY_LENGTH = _gauge("http_uncompressed_body_length", "Length of uncompressed response body")
HTTP_REDIRECTS = _gauge("http_redirects", "The number of redirects")
HTTP_SSL = _gauge("http_ssl", "Indicates if SSL was used for the final redirect")
HTTP_STATUS = _gauge("http_status_code", "Response HTTP status code")
HTTP_VERSION = _gauge("http_version", "Returns the version of HTTP of the probe response")
HTTP_LAST_MODIFIED = _gauge(
    "http_last_modified_timestamp_seconds", "Returns the Last-Modified HTTP response header in unixtime"
)

ICMP_DURATION = _gauge("icmp_duration_seconds", "Duration of icmp request by phase", *PHASE)
ICMP_HOP_LIMIT = _gauge("icmp_reply_hop_limit", "Replied packet hop limit (TTL for ipv4)")

DNS_DURATION = _gauge("dns_duration_seconds", "Duration of DNS request by phase", *PHASE)
DNS_ANSWERS = _gauge("dns_answer_rrs", "Returns number of entries in the answer resource record list")
DNS_AUTHORITY = _gauge("dns_authority_rrs", "Returns number of entries in the authority resource record list")
DNS_ADDITIONAL = _gauge("dns_additional_rrs", "Returns number of entries in the additional resource record list")
DNS_QUERY_SUCCEEDED = _gauge("dns_query_succeeded", "Displays whether or not the query was executed successfully")
DNS_SERIAL = _gauge("dns_serial", "Returns the serial number of the zone")

GRPC_DURATION = _gauge("grpc_duration_seconds", "Duration of gRPC request by phase", *PHASE)
GRPC_SSL = _gauge("grpc_ssl", "Indicates if SSL was used for the connection")
GRPC_STATUS = _gauge("grpc_status_code", "Response gRPC status code")
GRPC_HEALTH = _gauge("grpc_healthcheck_response", "Response HealthCheck response", "serving_status")

WEBSOCKET_STATUS = _gauge("websocket_status_code", "Response HTTP status code")
WEBSOCKET_UPGRADED = _gauge(
    "websocket_connection_upgraded", "Indicates if the websocket connection was successfully upgraded"
)
WEBSOCKET_REGEX = _gauge("websocket_failed_due_to_regex", "Indicates if probe failed due to regex")
WEBSOCKET_DURATION = _gauge("websocket_duration_seconds", "Duration of websocket request by phase", *PHASE)

CONFIG_SUCCESSFUL = Family(
    "blackbox_exporter_config_last_reload_successful", Kind.GAUGE, "Blackbox exporter config loaded successfully."
)
CONFIG_TIME = Family(
    "blackbox_exporter_config_last_reload_success_timestamp_seconds",
    Kind.GAUGE,
    "Timestamp of the last successful configuration reload.",
)
UNKNOWN_MODULES = Family("blackbox_module_unknown_total", Kind.COUNTER, "Count of unknown modules requested by probes")

FAMILIES = tuple(family for family in list(globals().values()) if isinstance(family, Family))
"""All of them."""
