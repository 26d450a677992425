"""What the money is for, by code. The first phrase found wins; the codes of LAST_RESORT give way to any other."""

PURPOSES = {
    "wedding": """wedding, weddings, marriage, marrige, get married, getting married, shaadi, shadi, saadi, shaadhi, byah, biyah, vivah, vivaah, nikah, nikaah,
        sagai, engagement, baraat, dahej, शादी, विवाह, ब्याह, निकाह, सगाई""",
    "home_renovation": """renovation, renovate, renovating, renovations, home improvement, remodel, remodelling, marammat, maramat, murammat, interior, interiors,
        modular kitchen, new kitchen, kitchen banwana, kitchen banwani, bathroom, house repair, home repair, home repairs, repair my house, repair the house, repair of house, repairing my house,
        ghar ki repair, ghar repair, ghar ki repairing, ghar theek, ghar thik, ghar ka kaam, ghar banwana, ghar banana, ghar banane, ghar sudharna, painting the house, paint the house,
        house painting, ghar ki putai, ghar paint, putai, roof, chhat, chat banwani, waterproofing, flooring, new floor, construction, extension of house, मरम्मत, रिनोवेशन, घर बनवाना, घर बनाने, घर ठीक, छत, पुताई""",
    "home_purchase": """buy a house, buy a flat, buy a home, buying a house, buying a flat, buying a home, house purchase, flat purchase, ghar kharidna, ghar kharidne, flat kharidna, flat lena,
        ghar lena, makan kharidna, plot kharidna, plot, land purchase, buy land, zameen, jameen, zamin, down payment, downpayment, घर खरीदना, मकान खरीदना, ज़मीन, जमीन""",
    "medical": """medical, hospital, hospitals, hospitalisation, hospitalization, operation, operasion, surgery, treatment, ilaaj, ilaj, ilaz, dawai, dawa, davai, dawaiyan, doctor, bimari, beemari,
        bimar, beemar, medicine, medicines, delivery ka kharcha, maternity, chemotherapy, dialysis, dental, ivf, health, knee replacement, transplant, ऑपरेशन, आपरेशन,
        इलाज, अस्पताल, दवाई, बीमारी, बीमार, मेडिकल, हॉस्पिटल, सर्जरी""",
    "education": """education, educational, padhai, padhaai, padai, padhne, study, studies, studying abroad, school, school fees, college, college fees, tuition, tution, admission,
        coaching, exam, course, mba, mbbs, btech, degree, university, higher studies, fees bharni, fee bharni, shiksha, fees, पढ़ाई, पढाई, शिक्षा, स्कूल, कॉलेज, फीस, कोचिंग""",
    "travel": """travel, travelling, traveling, trip, vacation, vaccation, holiday, holidays, tour, tours, honeymoon, ghoomne, ghumne, ghoomna, ghumna, ghoom, yatra, tirth yatra, pilgrimage, hajj, haj,
        umrah, char dham, chardham, foreign trip, goa, घूमने, घूमना, यात्रा, सफर, तीर्थ, छुट्टियां""",
    "debt_consolidation": """credit card, credit card bill, credit card bills, credit card ka bill, credit card dues, credit card debt, credit card outstanding, cc bill, card bill, card dues, debt consolidation, consolidate, consolidation,
        consolidating, pay off my, pay off other, pay off debts, pay off debt, pay off loans, pay off, clear my debts, clear my dues, clear dues, clear debts, clear debt, clear my debt, clear other loans, close other loans, close my other loans, close my loans,
        repay my loans, repay other loans, repay loans, repay debt, debts, debt, karz chukana, karza chukana, karz utarna, karz chukane, karza utarna, udhaar chukana, udhar chukana, purana loan chukana, purane loan, purana karz, purana karza, dusra loan band, doosra loan band,
        loan band karna, loan chukana, loan chukane, balance transfer, क्रेडिट कार्ड, कर्ज़ चुकाना, कर्ज चुकाना, कर्ज़ उतारना, कर्ज उतारना, उधार चुकाना, पुराना कर्ज़, पुराना लोन""",
    "vehicle": """car, cars, bike, bikes, scooter, scooty, motorcycle, motorbike, two wheeler, twowheeler, four wheeler, gaadi, gadi, gaari, vehicle, auto rickshaw, truck, activa, bullet, ev,
        गाड़ी, गाडी, कार, बाइक, स्कूटर, स्कूटी, मोटरसाइकिल, वाहन""",
    "electronics": """laptop, laptops, mobile kharidna, mobile kharidne, mobile lena, phone kharidna, phone lena, new phone, new mobile, naya phone, naya mobile, buy a phone, buy a mobile, smartphone, iphone, i phone, tv, television, fridge,
        refrigerator, washing machine, computer, gadget, gadgets, camera, appliance, appliances, electronics, air conditioner, playstation, macbook, ipad, लैपटॉप, टीवी, फ्रिज, कंप्यूटर, नया फोन, नया मोबाइल""",
    "agriculture": "agriculture, agricultural, kheti, farming, seeds, tractor, beej, khaad, pashu, खेती, बीज, ट्रैक्टर",
    "business": """business, bussiness, buisness, dukan, dukaan, shop, karobar, kaarobaar, vyapar, vyapaar, dhandha, dhanda, working capital, inventory, startup, start up, stock kharidna, maal kharidna, व्यापार, व्यवसाय, दुकान, कारोबार, धंधा, बिज़नेस,
        बिजनेस""",
    "rent_deposit": "rent deposit, security deposit, deposit, house deposit, flat deposit, rent advance, pagdi, rental deposit, rent ka deposit, kiraye ka deposit, kiraye ka advance, house rent, rent, kiraya, किराया, किराए, डिपॉजिट, डिपॉज़िट, सिक्योरिटी",
    "family_function": """function, family function, mundan, birthday, birthday party, anniversary, griha pravesh, grih pravesh, grah pravesh, housewarming, house warming, baby shower, godh bharai, naamkaran, namkaran,
        party, puja, pooja, festival, diwali, deepavali, eid, holi, tyohar, tyohaar, tyauhar, celebration, samaroh, karyakram, समारोह, त्योहार, पूजा, मुंडन, जन्मदिन पार्टी, दिवाली""",
    "relocation": "relocation, relocating, relocate, shifting, moving house, moving to, packers and movers, shift ho",
    "jewellery": "jewellery, jewelry, gehne, gahne, zevar, jewar, gold, sona kharidna, गहने, ज़ेवर, जेवर, सोना",
    "emergency": "emergency, emergencies, emergancy, urgent need, urgent kaam, aapatkaal, aapatkal, musibat, achanak, funeral, last rites, antim sanskar, इमरजेंसी, आपातकाल, मुसीबत, अचानक",
    "other": """personal use, personal needs, personal need, personal kaam, personal reason, personal reasons, personal expenses, personal expense, personal work, personal, niji, nijee, niji kaam, kuch kaam, ghar kharch, ghar ka kharcha, ghar ke kharche,
        household expenses, home expenses, daily expenses, expenses, kharcha, kharche, kharch, other, others, something else, misc, miscellaneous, general, multiple things, kuch aur, apne liye, zaroorat, jarurat, निजी, निजी काम, घर खर्च,
        घर का खर्च, अन्य, कुछ और, पर्सनल""",
}

LAST_RESORT = ("emergency", "other")

# Words of everyday talk: a purpose only where the sentence says "for", "ke liye", "to buy", or the purpose was asked.
EVERYDAY = """doctor, bimar, beemar, bimari, beemari, health, school, college, course, exam, degree, fees, fee bharni, university, car, cars, bike, bikes, gaadi, gadi, gaari, truck, ev, bullet, auto rickshaw,
    laptop, laptops, tv, computer, camera, iphone, business, bussiness, buisness, dukan, dukaan, shop, startup, dhandha, dhanda, karobar, vyapar, deposit, rent, kiraya, function, party, birthday,
    festival, gold, plot, bathroom, roof, chhat, credit card, debt, debts, personal, expenses, kharcha, kharche, kharch, other, others, general, construction, health, hospital, hospitals, medicine,
    goa, moving to, shifting, consolidation, zaroorat, jarurat, kuch aur, apne liye, balance transfer, down payment, farming, kheti, seeds, tractor, engagement, ghoom, operation, achanak, eid, holi,
    diwali, vehicle, insurance, extension of house, interior, interiors, something else, dental, education, travel, medical,
    kuch kaam, कार, गाड़ी, स्कूल, कॉलेज, फीस, व्यापार, व्यवसाय, दुकान, बिज़नेस, बिजनेस, क्रेडिट कार्ड, किराया, पर्सनल, खेती, बीमार, अस्पताल"""

FRAMES = {
    "frame_before": """for, for my, for the, for a, to buy, buy, buying, to pay, purchase, to do, purpose is, purpose, because of, due to, towards, to fund, fund my, need it for, use it for, reason is, to start, to clear,
        to repair, to repay, to close, to go, planning, plan, have a, to get, expand my, grow my""",
    "frame_ke_liye": "ke liye, ke lie, ke liy, k liye, k lie, ke waste, ke vaste, ke khatir, के लिए, के लिये",
    "frame_after": """kharidna, kharidne, kharidni, khareedna, lena hai, leni hai, lene, karana hai, karani hai, karwana, karwani, karvana, karvani, karana, karani, chukana, chukane, bharna, bharni, bharne,
        banwana, banwani, banana hai, banane, jaana, jana hai, jaane, karna hai, karni hai, kholna, kholni, kholne, shuru karna, badhana, hai, loan, emergency, expenses, ka bill, ka kharcha, ki fees, bill, bills, purpose, खरीदना, खरीदनी,
        चुकाना, करना है, करवाना, करानी है, भरनी, भरना, जाना है, का बिल, का खर्चा, है""",
    "frame_buy": "buy, buying, purchase, kharidna, kharidne, kharidni, khareedna, lena, leni, खरीदना, खरीदनी, लेना, लेनी",
}
