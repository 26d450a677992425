"""What a model may look up for a customer's question: read-only, with typed and bounded arguments.

A tool finds results. What a customer is told of one are lines of the phrasebook; what the model sees of it tells only
what it is about.
"""
