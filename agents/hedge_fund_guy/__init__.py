"""The Insomniac Hedge Fund Guy: talks markets all night, and would like to know to whom."""
