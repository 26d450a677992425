"""The outside world a loan needs: register, records, offers, bureau, screening, video KYC."""
