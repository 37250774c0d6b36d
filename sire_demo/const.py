"""Names shared by the demo's parts."""

# The environment variable that says "this server shows the demo": `./sire run` sets it to 1.
DEMO_VARIABLE = "SIRE_DEMO"
# Where the demo's M-Pesa provider finds the sandbox, and the address clients reach this server at.
SANDBOX_VARIABLE = "SIRE_SANDBOX_URL"
PUBLIC_VARIABLE = "SIRE_PUBLIC_URL"

# Credentials of the sandbox: published, worth nothing, accepted by `sandbox/` alone.
SANDBOX_MPESA = {
    "mpesa_shortcode": "174379",
    "mpesa_shortcode_type": "paybill",
    "mpesa_consumer_key": "sandbox-key",
    "mpesa_consumer_secret": "sandbox-secret",
    "mpesa_passkey": "sandbox-passkey",
}
# The sandbox's user for refunds, confirmations and the balance; its password is encrypted with builder/sandbox.cer.
SANDBOX_INITIATOR = {"mpesa_initiator_name": "testapi", "mpesa_initiator_password": "sandbox-initiator"}
SANDBOX_DEFAULT_URL = "http://127.0.0.1:8070"

# Context value that keeps the builder from mailing "your password was changed" to people who do not exist yet.
# An object's identity cannot arrive over RPC.
BUILDING = object()
