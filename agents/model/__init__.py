"""Language by a model: it proposes readings and phrases sentences; rules, templates and checks stand behind it."""
