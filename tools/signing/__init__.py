"""Signed letters: the certificate, the signature, the check of a file, the code printed on the paper."""
