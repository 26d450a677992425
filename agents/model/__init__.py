"""Language by a model: it reads, looks answers up and phrases; rules, templates and checks stand behind it."""
