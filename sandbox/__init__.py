"""The outside world of SIRE on loopback: Daraja with a phone to tap on, and an e-mail inbox. Nothing here is real money."""
