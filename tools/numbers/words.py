"""Number words. Several spellings a line; spelling.fold() already makes one of aa/a, ee/i, oo/u, chh/ch, z/j, w/v."""

from fractions import Fraction

from tools.numbers.spelling import fold


def keys(spellings: str) -> frozenset[str]:
    """The folded forms of blank-separated spellings."""
    return frozenset(fold(word) for word in spellings.split())


def _table(rows: dict[int, str]) -> dict[str, int]:
    return {key: value for value, spellings in rows.items() for key in keys(spellings)}


ENGLISH_ONES = _table(
    {
        0: "zero",
        1: "one",
        2: "two",
        3: "three",
        4: "four",
        5: "five",
        6: "six",
        7: "seven",
        8: "eight",
        9: "nine",
        10: "ten",
        11: "eleven",
        12: "twelve dozen",
        13: "thirteen",
        14: "fourteen forteen",
        15: "fifteen",
        16: "sixteen",
        17: "seventeen",
        18: "eighteen eightteen",
        19: "nineteen ninteen",
    }
)
ENGLISH_TENS = _table(
    {
        20: "twenty",
        30: "thirty",
        40: "forty fourty",
        50: "fifty",
        60: "sixty",
        70: "seventy",
        80: "eighty",
        90: "ninety ninty",
    }
)
# Hindi has a word of its own for every number up to 99.
HINDI = _table(
    {
        0: "shunya shoonya शून्य",
        1: "ek aek एक",
        2: "do दो",
        3: "teen tin तीन",
        4: "chaar char चार",
        5: "paanch panch paach panj पांच पाँच पाच",
        6: "chhah chhe che chah chhai chhey cheh chhay chha छह छः छ छे छै",
        7: "saat sat सात",
        8: "aath aat aathh आठ",
        9: "nau naw noh नौ",
        10: "das dus duss दस",
        11: "gyarah gyaarah gyara gyarha igyarah gyaraah ग्यारह",
        12: "barah baarah bara baara barha बारह",
        13: "terah tehra teraah teherah तेरह",
        14: "chaudah choudah chauda chaudha chodah चौदह",
        15: "pandrah pandra pandhrah pandharah pandara pandhra pundrah पंद्रह पन्द्रह",
        16: "solah sola solaah सोलह",
        17: "satrah satra sattrah sattarah satarah सत्रह सतरह",
        18: "atharah athara attharah aththarah atthara अठारह अट्ठारह",
        19: "unnis unnees onnis उन्नीस",
        20: "bees bis बीस",
        21: "ikkis ikkees ekkis ikees इक्कीस",
        22: "bais baees baais bayees bayis बाईस बाइस",
        23: "teis teees tais taees teyis teyees teiis तेईस तेइस",
        24: "chaubis chaubees choubis chobis chobees चौबीस",
        25: "pachis pachees pacchis pachchis pachhis पच्चीस पचीस",
        26: "chhabbis chabbis chabis chhabis chhabees छब्बीस",
        27: "sattais sattaees sataais satais sattayis सत्ताईस सत्ताइस",
        28: "athais atthais atthaees athayis athaees अट्ठाईस अठाईस अट्ठाइस अठाइस",
        29: "untis unatis unattis untees unantis उनतीस उन्तीस",
        30: "tees tis तीस",
        31: "ikattis iktis ikatis iktees ikatees ikkattis इकतीस इकत्तीस इकतिस",
        32: "battis battees batis batees बत्तीस",
        33: "taintis tentis taitis tetis tentees taintees tetees तैंतीस तेंतीस तैतीस तेतीस",
        34: "chautis chauntis chountis chautees chauntees chotis चौंतीस चौतीस",
        35: "paintis pentis paitis paintees pentees pantis पैंतीस पैतीस",
        36: "chhattis chattis chhattees chatis chatees छत्तीस",
        37: "saintis sentis saitis saintees sentees santis सैंतीस सैतीस",
        38: "adtis artis adatis adtees aratis arhtis अड़तीस अडतीस",
        39: "untalis unchalis untaalees unchaalees unatalis उनतालीस उन्तालीस उनचालीस",
        40: "chalis chaalis chaalees chalish चालीस",
        41: "iktalis ikatalis iktaalees ikkatalis इकतालीस",
        42: "bayalis byalis bayaalees byaalees bialis बयालीस बियालीस",
        43: "taintalis tentalis tetalis taintaalees taitalis तैंतालीस तेंतालीस तैतालीस",
        44: "chavalis chauvalis chawalis chauwalis chavaalees चवालीस चौवालीस चौंवालीस",
        45: "paintalis pentalis paitalis paintaalees pentaalees पैंतालीस पैतालीस",
        46: "chhiyalis chiyalis chhayalis chhiyaalees chhialis छियालीस",
        47: "saintalis sentalis saitalis saintaalees सैंतालीस सैतालीस",
        48: "adtalis artalis adatalis adtaalees aratalis अड़तालीस अडतालीस",
        49: "unchas unanchas unchaas unachas उनचास",
        50: "pachas pachaas pachass pachhas panchas pachaash पचास",
        51: "ikyavan ikyawan ikavan ikyaavan ikkyavan इक्यावन",
        52: "bavan bawan baavan बावन",
        53: "tirpan tirepan trepan tirapan tripan तिरपन तिरेपन त्रेपन",
        54: "chauvan chauwan chavvan chowan चौवन चव्वन",
        55: "pachpan pachapan pachhpan पचपन",
        56: "chhappan chappan chhapan छप्पन",
        57: "sattavan satavan sattawan सत्तावन",
        58: "atthavan athavan atthawan अट्ठावन अठावन",
        59: "unsath unsathh unasath उनसठ",
        60: "saath sath saatth saathh साठ",
        61: "iksath ikasath iksatth इकसठ",
        62: "basath baasath basatth बासठ",
        63: "tirsath tiresath tirasath तिरसठ तिरेसठ त्रेसठ",
        64: "chausath chaunsath chaunsatth chosath चौंसठ चौसठ",
        65: "painsath pensath paisath पैंसठ पैसठ",
        66: "chhiyasath chiyasath chhiasath छियासठ",
        67: "sarsath sadsath sadasath sarasath सड़सठ सडसठ",
        68: "adsath arsath adasath arasath अड़सठ अडसठ",
        69: "unhattar unahattar unhatar unattar उनहत्तर",
        70: "sattar satar सत्तर",
        71: "ikhattar ikahattar ikattar ikhatar इकहत्तर इकत्तर",
        72: "bahattar bahatar bahttar बहत्तर",
        73: "tihattar tihatar tehattar तिहत्तर",
        74: "chauhattar chauhatar chohattar चौहत्तर",
        75: "pachhattar pichhattar pachattar pichattar pachhatar pachahattar pachhhattar pachhetar पचहत्तर पिचहत्तर",
        76: "chhihattar chhiyattar chihattar chhiyhattar छिहत्तर",
        77: "satattar sathattar satahattar satatar सतहत्तर सतत्तर",
        78: "athattar athhattar athahattar athatar अठहत्तर",
        79: "unasi unyasi unnasi unaasi उनासी उन्यासी",
        80: "assi asi assee अस्सी",
        81: "ikyasi ikasi ikkyasi इक्यासी",
        82: "bayasi byasi biasi baiyasi बयासी बियासी",
        83: "tirasi terasi tiraasi तिरासी",
        84: "chaurasi chourasi chorasi चौरासी",
        85: "pachasi pachaasi pichasi पचासी पिचासी",
        86: "chhiyasi chiyasi chhiasi छियासी",
        87: "sattasi satasi sataasi सत्तासी सतासी",
        88: "athasi atthasi athaasi अट्ठासी अठासी",
        89: "navasi nawasi nauasi नवासी",
        90: "nabbe nabbey nabbay nave nabe नब्बे",
        91: "ikyanve ikyanave ikyaanve ikanve ikkyanve ikyanbe इक्यानवे इक्यानबे",
        92: "banve baanve banave banbe बानवे बानबे",
        93: "tiranve tiraanve tiranave tiranbe तिरानवे तिरानबे",
        94: "chauranve chauraanve chouranve chauranave chauranbe चौरानवे चौरानबे",
        95: "pachanve pachaanve panchanve pachyanve pichanve pachanave pachanbe पचानवे पंचानवे पिचानवे पचानबे",
        96: "chhiyanve chiyanve chhiyaanve chhianve chhiyanave chhiyanbe छियानवे छियानबे",
        97: "sattanve satanve sataanve sattanave sattanbe सत्तानवे सतानवे सत्तानबे",
        98: "atthanve athanve athaanve atthanave atthanbe अट्ठानवे अठानवे अट्ठानबे",
        99: "ninyanve ninyanave ninnyanve nyanve ninanve nanyanve ninyanbe निन्यानवे निन्यानबे",
    }
)

SCALES = {
    key: value
    for value, spellings in {
        100: "hundred hundreds sau sou sow सौ",
        1_000: "thousand thousands thou k hazaar hazar hajjar hazzar hazaron hajaro हज़ार हज़ारों",
        1_00_000: "lakh lakhs lac lacs lak laks lakhon laakhs lack lakhh l lpa lpas लाख लाखों",
        10_00_000: "million millions mn",
        1_00_00_000: "crore crores cr crs karod karor caror kror करोड़ करोड",
        1_00_00_00_000: "arab अरब",
    }.items()
    for key in keys(spellings)
}

HALF = keys("half aadha adha aadhaa adhaa aadhe adhe aadhi adhi आधा आधे आधी")
QUARTER = keys("quarter chauthai चौथाई")
ONE_AND_HALF = keys("dedh derh ded dhed deedh dhedh dedhh डेढ़ डेढ")
TWO_AND_HALF = keys("dhai dhaai dhayi dhaee adhai adhaai adhaee ढाई अढ़ाई ढ़ाई")
THREE_QUARTERS = keys("pauna paun pona paunaa पौना पौन")
# These three change the number that follows; sava may also stand before the unit alone.
SAVA = keys("sava savaa sawa sawaa savva सवा")
PAUNE = keys("paune pone pauney ponay paunay पौने")
SADHE = keys("sadhe saadhe sade saade sarhe saarhe sadhey saadhey sadde sadhai साढ़े साढे साडे")
COUPLE = keys("couple")
ARTICLES = keys("a an")
AND = keys("and n aur और")

CARDINALS: dict[str, int] = {**ENGLISH_ONES, **HINDI}
FIXED_FRACTIONS: dict[str, Fraction] = {
    **dict.fromkeys(HALF, Fraction(1, 2)),
    **dict.fromkeys(QUARTER, Fraction(1, 4)),
    **dict.fromkeys(ONE_AND_HALF, Fraction(3, 2)),
    **dict.fromkeys(TWO_AND_HALF, Fraction(5, 2)),
    **dict.fromkeys(THREE_QUARTERS, Fraction(3, 4)),
}
SHIFTS: dict[str, Fraction] = {
    **dict.fromkeys(SAVA, Fraction(1, 4)),
    **dict.fromkeys(PAUNE, Fraction(-1, 4)),
    **dict.fromkeys(SADHE, Fraction(1, 2)),
}

YEARS = keys(
    "year years yr yrs y saal saalo saalon sal sala saalon varsh varsha baras barson barsh साल सालों वर्ष वर्षों बरस"
)
MONTHS = keys(
    "month months mon mth mths mnth mnths mo mos m mahine mahina mahino mahinon maheena maheene maheenon mahiney mahiny"
    " maah mah maas महीने महीना महीनों महिने महिना माह मास"
)
INSTALMENTS = keys(
    "emi emis installment installments instalment instalments kist kisht kishten kistein kisten kishtein kistion kishto"
    " kiston किस्त किश्त किस्तें किश्तें किस्तों किश्तों ईएमआई"
)
SHORT_SPANS = keys(
    "day days din dino dinon week weeks hafte hafta hafton hour hours hr hrs ghante ghanta minute minutes min mins"
    " minat second seconds am baje bje o'clock दिन दिनों हफ्ते हफ़्ते घंटे मिनट बजे"
)
PERCENT = keys(
    "percent pct pratishat prtishat fisadi feesadi feesad fisad percentage taka प्रतिशत फीसदी फ़ीसदी फीसद परसेंट"
)
RUPEE_BEFORE = keys("rs inr re rupees rupee rupaye ₹") | {"₹"}
RUPEE_AFTER = keys(
    "rs inr rupees rupee rupaye rupay rupaya rupya rupye rupaiya rupaiye rupiya rupiye rupe ruppees bucks rupes only"
    " रुपये रुपए रूपये रुपया रूपया रूपए रुपयों रु"
)
RANGE_WORDS = keys("to se ya or till upto से या") | set("-–—~")
CURRENCY_ABROAD = keys("usd dollar dollars euro euros eur gbp pounds aed dirham dirhams") | set("$€£")
