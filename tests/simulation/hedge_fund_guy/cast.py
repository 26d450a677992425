"""Invented visitors: their names, addresses and incomes, each as people say it and as it is meant."""

from typing import NamedTuple


class Income(NamedTuple):
    """`said` is what is typed, `means` how the service must show it."""

    said: str
    means: str


# fmt: off
NAMES = (
    "Marcus", "Priya Raman", "Jean-Luc Moreau", "Siobhan O'Neill", "Søren Kjær", "Ngozi Okafor", "José",
    "DeShawn Carter", "Anne Marie Dupont", "Yuki Tanaka", "Magdalena", "Tom", "Fatima Al-Sayed", "Björn",
    "Lars van der Berg", "Chloe", "Rahul", "Wei Zhang", "Oluwaseun Adeyemi", "Ingrid Halvorsen", "Pete",
    "Zsófia Nagy", "Dmitri", "Hannah Goldberg", "Kofi", "Luca Bianchi", "Mia", "Aisha", "Bartholomew Higgins",
    "Çağla", "Eoin Murphy", "Francesca", "Gus", "Isla Reid",
)
DOMAINS = ("example.com", "example.org", "mail.example.net", "example.co.uk", "post.example.de")
INCOMES = (
    Income("95k dollars a year", "USD 95,000 a year"),
    Income("$120,000 a year", "USD 120,000 a year"),
    Income("4,500 euros a month", "EUR 4,500 a month"),
    Income("£38k per year", "GBP 38,000 a year"),
    Income("12 lakh rupees a year", "INR 1,200,000 a year"),
    Income("between 80k and 100k dollars a year", "USD 80,000 to 100,000 a year"),
    Income("60-70k euros per year", "EUR 60,000 to 70,000 a year"),
    Income("ninety thousand dollars a year", "USD 90,000 a year"),
    Income("₹1,50,000 a month", "INR 150,000 a month"),
    Income("CHF 9000 monthly", "CHF 9,000 a month"),
    Income("a hundred grand a year", "100,000 a year"),
    Income("half a million dollars a year", "USD 500,000 a year"),
    Income("25 dollars an hour", "USD 25 an hour"),
    Income("800 quid a week", "GBP 800 a week"),
    Income("€55.000 per annum", "EUR 55,000 a year"),
    Income("1.2 million yen a month", "JPY 1,200,000 a month"),
    Income("75,000 USD annually", "USD 75,000 a year"),
    Income("3k a month", "3,000 a month"),
    Income("110k a year before tax", "110,000 a year"),
    Income("AUD 130k a year", "AUD 130,000 a year"),
    Income("40 thousand euros a year", "EUR 40,000 a year"),
    Income("2500 a month in pounds", "GBP 2,500 a month"),
    Income("250,000 rand a year", "ZAR 250,000 a year"),
    Income("$18/hr", "USD 18 an hour"),
    Income("1.5 crore rupees a year", "INR 15,000,000 a year"),
    Income("around 70 thousand bucks a year", "USD 70,000 a year"),
    Income("5k to 6k euros a month", "EUR 5,000 to 6,000 a month"),
    Income("zero dollars a year", "USD 0 a year"),
)
# fmt: on
