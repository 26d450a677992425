"""What the kyc agent does on a visit: consent, identity, one-time codes, KYC levels."""
