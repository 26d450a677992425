"""What must hold of lending whatever anybody says or breaks: laws over random histories, fairness, policy as data."""
