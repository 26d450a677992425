"""Invented people's names, towns and employers, as varied as a lender's customers are."""

from typing import NamedTuple


class Name(NamedTuple):
    """A full name as on the PAN card, and the initial of its surname."""

    full: str
    initial: str


# fmt: off
_NAMES = (
    "Aarav Mehta", "Diya Nair", "Rohan Das", "Meera Iyer", "Vikram Reddy", "Anita Rao", "Nisha Kapoor", "Pooja Joshi",
    "Sana Sheikh", "Imran Khan", "Mohammed Irfan Ansari", "Ayesha Begum", "Shabana Parveen", "Manzoor Ahmed",
    "Farhan Ali", "Abdul Rahim Qureshi", "Zoya Mirza", "Salman Siddiqui", "Rukhsar Bano", "Nawab Hussain",
    "Gurpreet Singh Sandhu", "Harpreet Kaur", "Kabir Singh", "Jaspreet Kaur Gill", "Manjit Singh", "Simran Bedi",
    "Lakshmi Subramanian", "S Venkatesan", "Kavitha", "Murugan", "Senthil Kumaran", "Annamalai Chettiar",
    "Thenmozhi Arumugam", "K Balasubramaniam", "Padmini Krishnaswamy", "Ilango", "Meenakshi Sundaram",
    "Joseph Mathew", "Mary Thomas", "Anthony DSouza", "Blessy George", "Jerin Varghese", "Rosamma Kurian",
    "Jai Prakash Narayan", "Sunita Devi", "Ram Das", "Gopal Yadav", "Man Mohan Lal", "Om Prakash Gupta",
    "Santosh Kumar Mishra", "Shanti Bai", "Bhola Nath", "Kishore", "Rekha", "Sai Lakshmi Prasanna", "Vijay Deenanath",
    "Subhash Chandra Bhattacharya", "Ananya Mukherjee", "Debjani Sen", "Arup Kumar Ghosh", "Mitali Chakraborty",
    "Tenzing Norbu", "Lalrinpuii", "Ngangom Ibomcha", "Bidyut Bora", "Temsula Ao", "Pema Khandro",
    "Dhruv Patel", "Hetal Shah", "Jignesh Parmar", "Sanjay Deshmukh", "Vaishali Kulkarni", "Prakash Patil",
    "Ketaki Joglekar", "Venkata Ramana Rao", "Chandrasekhar", "Nagarjuna Reddy", "Swapna Gowda", "Basavaraj Hiremath",
    "Farida Irani", "Cyrus Daruwala", "Rajesh Kumar", "Rakesh Kumar", "Dev Malhotra", "Ishaan Oberoi", "Tara Bose",
    "Ritu Saxena", "Alok Nath Tripathi", "Pallavi Agarwal", "Mukesh Chand Meena", "Geeta Rani", "Hemant Soren Tirkey",
)
TOWNS = (
    ("Mumbai", "400053"), ("Kochi", "682016"), ("Ludhiana", "141001"), ("Chennai", "600020"), ("Kolkata", "700019"),
    ("Pune", "411004"), ("Hyderabad", "500034"), ("Mysuru", "570001"), ("Lucknow", "226001"), ("Jaipur", "302001"),
    ("Patna", "800001"), ("New Delhi", "110024"), ("Bhopal", "462001"), ("Amritsar", "143001"), ("Nagpur", "440001"),
    ("Coimbatore", "641012"), ("Chandigarh", "160017"), ("Guwahati", "781001"), ("Shillong", "793001"),
)
EMPLOYERS = (
    "Northwind Software", "Harbour Logistics", "Riverside Hospital", "Blue Lotus Textiles", "Sahyadri Foods",
    "Meridian Insurance Services", "Deccan Tools", "Silverline Retail", "Greenfield Agro", "Coral Bay Shipping",
    "Aravalli Cement Works", "Monsoon Media", "Banyan Tree School", "Pinewood Furniture",
)
# fmt: on
NAMES: tuple[Name, ...] = tuple(Name(name, name.split()[-1][0].upper()) for name in _NAMES)
