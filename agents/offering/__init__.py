"""What is on offer: the policy's terms, what the customer takes of them, and what else could be had."""
