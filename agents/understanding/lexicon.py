"""Cue phrases by tag: what a figure belongs to, what a clause does, what a customer wants.

Spelling variants that tools.numbers.fold makes equal are listed once.
"""

from tools.numbers import fold

# What a sum of money belongs to. "need" and "loan" also tell that the customer speaks of the loan asked for.
MONEY_CUES = {
    "need": """need, needed, i needs, want, wants, wanted, require, required, chahiye, chahie, chaiye, chahiy, chaahiye, chahyie,
        chahta, chahti, chahte, chah raha, chah rahi, borrow, looking for, apply for, applying for, lena hai, lena, leni hai, leni,
        le lunga, le lungi, loonga, lunga, lungi, dedo, de do, dila do, dilado, dilwa do, dijiye, de dijiye, de dena, give me,
        get me, sanction, approve, udhar, udhaar, make it, make that, kar do, kardo, kar dijiye, kar dena, go for, go with,
        interested in, zaroorat, jarurat, zarurat, jaroorat, jaruri, can i get, can i have, can you give, could i get, i would like,
        id like, i will take, ill take, mil sakta, mil sakti, milega, mil jayega, change to, set it to, set to, badal do, bana do,
        चाहिए, चाहिये, चाहता, चाहती, लेना, लेना है, ज़रूरत, दे दो, दीजिए, दे दीजिए, कर दो, मिल सकता, मिलेगा""",
    "loan": """loan, loans, lone, amount, principal, karz, karza, karja, rakam, raqam, rashi, paise, paisa, paiso, money, fund, funds,
        personal loan, लोन, ऋण, कर्ज़, कर्ज, राशि, रकम, पैसे, पैसा""",
    "income": """income, salary, sallary, salry, selary, sal, pagar, earn, earns, earning, earnings, make around, i make, take home,
        takehome, in hand, inhand, net pay, net salary, nett, tankhwah, tankhwa, tankha, tankhah, tankhaa, tankhvah, tanakhwah,
        kamata, kamati, kamate, kama leta, kama leti, kamaai, kamai, kama raha, kama rahi, vetan, aay, aamdani, amdani, aamadani,
        stipend, wages, get paid, paid monthly, credited, credit hoti, milti hai, milte hain, gross, pension, drawing,
        आय, आमदनी, तनख्वाह, तनख़्वाह, तनखाह, वेतन, सैलरी, सेलरी, पगार, कमाता, कमाती, कमाई, कमा लेता, कमा लेती, इनकम, पेंशन""",
    "package": "ctc, package, annual salary, annual income, annual package, yearly income, yearly salary, salana aay, सालाना आय, पैकेज",
    "lpa": "lpa, lpas, l p a, lakhs per annum, lakh per annum, lakh pa, lakhs pa",
    "emi": """emi, emis, installment, installments, instalment, instalments, kist, kisht, kishten, kishtein, kisten, kistein,
        monthly payment, monthly payments, monthly instalment, repayment, ईएमआई, किस्त, किश्त, किस्तें, किश्तें, इएमआई""",
    "pay": """pay, paying, deta hoon, deti hoon, dete hain, bharta, bharti, bharte, bhar raha, bhar rahi, chukata, chukati, de raha,
        de rahi, jaati hai, jata hai, jaate hain, kat, katti, katta, kat ta, katati, cut, deducted, goes, go towards, de sakta,
        de sakti, de sakte, भरता, भरती, देता, देती, कटती, कटता, जाती है""",
    "other": """rent, kiraya, bhada, savings, saving, bachat, fd, fixed deposit, fee, fees, charge, charges, bonus, premium, price,
        cost, costs, costing, worth, kharcha, kharch, kharche, expense, expenses, invest, investment, sip, tax, pf, property,
        balance, penalty, limit, credit limit, turnover, profit, gold, balance, fine, donation, lottery, cashback, discount, insurance,
        किराया, खर्च, खर्चा, बचत, कीमत""",
}

# How the clause qualifies it.
QUALIFIERS = {
    "monthly": """per month, a month, monthly, every month, each month, per mensem, pm, p m, har mahine, har mahina, mahine ka,
        mahine ki, mahine ke, mahine mein, mahine me, mahina, prati maah, prati mah, per mahina, per mahine, maasik, masik, mahwari,
        प्रति माह, महीने का, महीने की, महीने के, महीने में, हर महीने, मासिक, प्रतिमाह""",
    "annual": """per annum, annually, annual, yearly, per year, a year, every year, each year, pa, p a, saal ka, saal ki, saal ke,
        saal mein, saal me, salana, saalaana, har saal, per saal, prati varsh, varshik, sal ka, sal me, sal mein,
        सालाना, साल का, साल की, साल में, हर साल, वार्षिक, प्रति वर्ष""",
    "household": """household, family income, ghar ki aay, ghar ki kul, ghar ki income, ghar ki total, ghar ki kamai, ghar ka income,
        parivar, pariwar, parivaar, family ki income, family ki, family ka, family total, total family, family earns, family earning,
        combined income, together we, we together, poore ghar, pure ghar, sab milakar, sab mila ke, mila kar, milakar,
        परिवार, घर की आय, घर की कुल, घर की कमाई, मिलाकर""",
    "at_most": """se kam, se zyada nahi, se jyada nahi, se zyada na, se jyada na, se upar nahi, se adhik nahi, under, below,
        less than, not more than, no more than, not exceed, not above, at most, maximum, max, upto, up to, tak, ke andar, andar,
        within, should not, shouldnt, cap, ceiling, limit of, lower than, around my budget, se neeche, se niche, se zyaada nahi,
        से कम, से ज़्यादा नहीं, के अंदर, तक, अधिकतम""",
    "afford": """can pay, could pay, can afford, afford, comfortable, comfortably, able to pay, manage, de sakta, de sakti,
        de sakte, bhar sakta, bhar sakti, bhar sakte, de paunga, de paungi, bhar paunga, budget, chuka sakta, chuka sakti, prefer,
        de lunga, bhar dunga, de dunga, dunga, दे सकता, दे सकती, भर सकता, भर सकती""",
    "running": """already, existing, running, ongoing, on going, current, currently, chal raha, chal rahi, chal rahe, chalu,
        pehle se, pahle se, pehle hi, purana, purani, outstanding, bakaya, baki, baaki, left to pay, pending, remaining, le rakha,
        liya hua, active, i have a loan, have a loan, have loans, have loan, is on, due, owe, chukana baki, other loan, other loans,
        home loan of, car loan of, another loan, चल रहा, चल रही, चल रहे, पहले से, बकाया, बाकी, पुराना""",
    "past": "took, taken, had taken, liya tha, li thi, le liya tha, last loan, closed, repaid, paid off, chuka diya, band ho gaya",
    "said": "said, told, mentioned, bola, boli, kaha, likha, wrote, typed, बोला, कहा, लिखा",
    "total": "total, kul, altogether, combined, in all, milakar, milake, mila ke, sab mila ke, कुल, टोटल",
    "rate": """interest, interest rate, rate, rate of interest, roi, byaj, byaaj, beyaj, sood, sud, ब्याज, रेट, ब्याज दर, दर""",
    "score": "cibil, cibil score, credit score, score, civil score, civil, bureau score, सिबिल, स्कोर",
    "tenure": "tenure, term, period, duration, avadhi, samay, अवधि, loan term, repay, repayment, repay over, over, spread",
}

# What a clause does with what was said before.
CORRECTION_CUES = {
    "reject_next": """not, rather than, instead of, in place of, insted of, instead, na ki, not for, isnt, replacing""",
    "reject_previous": """nahi, nahin, nai, nhi, nahee, naa, ki jagah, ke jagah, ki jagha, ke badle, ki bajay, ke bajaye, ki bajaye, ke
        bajay, galat, is wrong, was wrong, hata ke, hatakar, se badal ke, ko badal ke, chhod ke, chhodo, नहीं, नही, की जगह, के बदले, की बजाय,
        गलत""",
    "earlier": """earlier, previously, before, i said, i had said, i told, i mentioned, pehle, pahle, phle, abhi tak, initially, at first,
        galti se, by mistake, mistakenly, पहले, गलती से""",
    "now": "now, ab, अब, abhi",
    "correction": """actually, sorry, correction, i mean, i meant, meant, matlab, change, changed, update, modify, correct it, edit,
        galti, galat, wrong, mistake, typo, make it, make that, instead, rather, ki jagah, badal, badlo, badalna, badal do, oops, wait,
        no wait, asal mein, asal me, darasal, revise, increase, decrease, reduce, badha, badhake, badhakar, badha do, badha ke, ghata,
        ghatake, ghata ke, ghata do, kam karke, set it to, not, nahi, nahin, sahi, बदल, बदलो, बढ़ा, घटा, गलत, माफ, की जगह, दरअसल, instead of""",
    "move": """change, changed, increase, raise, decrease, reduce, revise, update, modify, badal, badha, badhake, badhakar, badha ke,
        badha kar, ghata, ghatake, ghata ke, ghata kar, kar do, kardo, kar dijiye, karna, karo, from, बदल, बढ़ा, घटा, कर दो""",
}

# What a span of time is about, when it is not the tenure.
TIME_CUES = {
    "age": """age, aged, umar, umra, umr, years old, yrs old, year old, yr old, old, i am, im, saal ka hoon, saal ki hoon, saal ka hun,
        saal ki hun, saal ka hu, saal ki hu, umar hai, उम्र, आयु, साल का हूँ, साल की हूँ, साल का हूं, साल की हूं, वर्षीय""",
    "work": """experience, exp, anubhav, working, worked, work, job, naukri, nokri, naukari, service, kaam, employed, company mein,
        company me, with this company, current company, employer, joined, join, office, vintage, kaam kar, kaam karte, job karte,
        अनुभव, नौकरी, काम, कंपनी""",
    "span_not_tenure": """ago, pehle, pahle, back, last, past, pichle, pichhle, since, old, slip, slips, statement, statements, bank statement,
        notice, notice period, moratorium, overdue, late, probation, warranty, visa, course, chhutti, leave, pregnant, degree, ho gaye, ho gaya,
        ho chuke, hua, hue, salary slip, payslip, payslips, validity, valid, wait, rehta, rehte, rah raha, rah rahe, staying, living, lived,
        baad, later, after, next, agle, agla, remaining, left, bache, bacha hai, bachi, पहले, पिछले, हो गए, हो गये, बाद, पुराना""",
    "hurry": """in, within, urgently, urgent, jaldi, by, under, ke andar, andar, mein, me, में, के अंदर""",
}

WANTS = {
    "human": """talk to a human, talk to human, speak to a human, speak to human, human agent, real person, real human, talk to someone,
        speak to someone, speak with someone, talk with someone, talk to a person, speak to a person, speak with a person, talk to an agent,
        talk to agent, speak to an agent, speak to agent, speak with an agent, connect me to, connect me with, connect to agent, live agent,
        customer care, customer support, customer service, representative, executive, talk to your manager, speak to manager, talk to manager,
        speak to your manager, manager se, agent se baat, insaan se baat, insan se baat, kisi se baat, aadmi se baat, admi se baat,
        kisi insaan se, kisi aadmi se, executive se baat, call back, callback, call me back, transfer me to, human please, human chahiye,
        officer se baat, kisi agent se, customer care se, real agent, escalate, file a complaint, raise a complaint, complaint, shikayat,
        grievance, ombudsman, talk to a real, speak to a real, not a bot, i want a human, i want human, need a human, agent please,
        एजेंट से बात, इंसान से बात, किसी से बात, अधिकारी से बात, शिकायत, कस्टमर केयर, talk to a representative, someone from your team,
        baat karwao, baat karvao, baat kara do, baat karado, baat karwa do, loan officer, human""",
    "start_over": """start over, start again, restart, start afresh, start fresh, start from scratch, begin again, from the beginning,
        reset, reset everything, phir se shuru, fir se shuru, dobara shuru, shuru se, naye sire se, nayi shuruaat, new application,
        fresh application, naya application, dubara shuru, wapas shuru, फिर से शुरू, दोबारा शुरू, शुरू से, नए सिरे से""",
    "withdraw": """cancel my application, cancel the application, cancel application, cancel my loan, cancel the loan, cancel loan,
        cancel my request, cancel the request, cancel this application, withdraw, withdraw my application, dont want the loan,
        dont want this loan, dont want a loan, dont want any loan, dont want loan, do not want the loan, do not want a loan, do not want this loan,
        do not want loan, dont need the loan, dont need a loan, dont need loan, dont need any loan, do not need the loan, do not need a loan,
        no longer need, no longer want, dont need it anymore, dont want it anymore, not interested anymore, changed my mind, loan nahi chahiye,
        nahi chahiye loan, loan nahi lena, nahi lena loan, application cancel, application band, loan cancel, cancel kar do, cancel kardo,
        cancel karo, cancel karna hai, cancel krdo, mujhe loan nahi chahiye, ab nahi chahiye, drop my application, stop my application,
        stop the application, close my application, delete my application, forget it, forget the loan, loan nahi chaiye, nahi chaiye loan,
        withdraw my consent, withdraw consent, revoke my consent, revoke consent, लोन नहीं चाहिए, नहीं चाहिए लोन, लोन नहीं लेना,
        आवेदन रद्द, रद्द कर दो, रद्द कर दीजिए, कैंसिल कर दो, कैंसिल""",
    "refusal_of_all": """nahi chahiye, not interested, no longer interested, rehne do, rahne do, nahi lena, नहीं चाहिए, रहने दो""",
    "resend": """resend, re send, send again, send it again, send otp again, send the code again, send code again, send a new code, new otp,
        new code, another otp, another code, otp nahi aaya, otp nahi aya, otp nahi mila, otp nhi aaya, otp nhi aya, code nahi aaya, code nahi aya,
        code nahi mila, didnt get the otp, didnt get otp, didnt get the code, didnt get code, didnt receive otp, didnt receive the otp,
        didnt receive the code, didnt receive any code, didnt receive code, didnt get any otp, didnt get any code, did not receive the otp,
        did not receive otp, did not receive the code, did not get the otp, did not get otp, did not get the code, have not received otp,
        have not received the otp, havent received otp, havent received the otp, havent received the code, havent got the otp, havent got otp,
        not received otp, not received the otp, not received any otp, otp not received, code not received, otp not coming, otp not come,
        otp has not come, otp hasnt come, no otp, otp expired, code expired, otp dobara, otp phir se, otp fir se, dobara bhejo, phir se bhejo,
        fir se bhejo, dubara bhejo, dobara bhej do, phir se bhej do, fir se bhej do, dobara otp, otp again, code again, otp bhejo, otp bhej do,
        didnt come, nahi aaya, abhi tak nahi aaya, message nahi aaya, sms nahi aaya, ओटीपी नहीं आया, ओटीपी नहीं मिला, कोड नहीं आया, कोड नहीं मिला,
        दोबारा भेजो, फिर से भेजो, दोबारा भेजिए, फिर से भेजिए, दोबारा भेज दो, नहीं आया""",
    "status": """status, whats the status, what is the status, application status, loan status, status kya hai, any update, any updates,
        kahan tak pahuncha, kaha tak pahuncha, kahan tak hua, kaha tak hua, kya hua mere, kya hua meri, where is my application,
        where is my loan, whats happening with my, is my loan approved, is it approved, has it been approved, has my loan been approved,
        was my loan approved, am i approved, mera loan approve hua, loan approve hua, approve hua kya, kab tak hoga, track my, progress,
        update on my, update kya hai, where are we, kitna baki hai process, स्टेटस, क्या हुआ मेरे, स्थिति, कहाँ तक पहुँचा, where does my application""",
    "why": """why was i rejected, why rejected, why was it rejected, why was my, why is my, why am i, why did you reject, why reject,
        why declined, why was i declined, why did you decline, why not approved, why not eligible, why only, why so low, why so less, why less,
        why this amount, why is the amount, why is it, reason for rejection, reason for decline, reason of rejection, rejection reason,
        kyun reject, kyu reject, reject kyun, reject kyu, kyun mana, mana kyun, kyu mana, mana kyu, kyun nahi mila, kyu nahi mila,
        kyun nahi mil, kyu nahi mil, kyun nahi ho, kyu nahi ho, kyon nahi, reject kyon, kyon reject, itna kam kyun, itna kam kyu, kam kyun,
        kam kyu, why no loan, why cant i get, why cant i have, why was the loan, why did my, why manual review, why is it under review,
        क्यों रिजेक्ट, रिजेक्ट क्यों, क्यों नहीं मिला, क्यों मना, मना क्यों, अस्वीकार क्यों, क्यों अस्वीकार""",
    "greet": """hi, hello, helo, hey, hii, hai there, namaste, namaskar, namaskaar, good morning, good afternoon, good evening, goodmorning,
        hola, greetings, ram ram, jai hind, sat sri akal, salaam, salam, assalamualaikum, adaab, vanakkam, pranam, suno, नमस्ते, नमस्कार,
        हेलो, हैलो, हाय, प्रणाम""",
    "thanks": """thanks, thank you, thank u, thankyou, thanx, thnx, thx, ty, tysm, dhanyavad, dhanyawad, dhanyavaad, shukriya, shukria,
        bahut dhanyavad, bahut shukriya, many thanks, thanks a lot, thank you so much, appreciate it, धन्यवाद, शुक्रिया, थैंक यू, bye,
        goodbye, good bye, alvida""",
    "refuse": """wont tell, will not tell, wont share, will not share, wont give, will not give, dont want to tell, dont want to share,
        dont want to give, do not want to tell, do not want to share, do not want to give, do not wish to, dont wish to, rather not,
        prefer not to, prefer not, not comfortable sharing, not comfortable, not comfortable giving, refuse, cant share, cannot share, cant tell,
        cannot tell, cant give, not going to tell, not going to share, not going to give, im not giving, i am not giving, not sharing,
        none of your business, skip this, skip it, skip, nahi bataunga, nahi bataungi, nahi batana, nahi bata sakta, nahi bata sakti,
        nahi dunga, nahi doonga, nahi dungi, nahi doongi, nahi dena, nahi de sakta, nahi de sakti, nahi batayenge, mat pucho, mat poocho,
        kyun bataun, kyu batau, kyun batau, kyu bataun, kyun doon, kyu du, bina pan, private hai, its private, thats private, confidential,
        personal information, नहीं बताऊंगा, नहीं बताऊँगा, नहीं बताऊंगी, नहीं दूंगा, नहीं दूँगा, नहीं दूंगी, नहीं बताना, नहीं देना, मत पूछो""",
    "absent_item": """dont have, do not have, havent got, i dont own, nahi hai mere paas, mere paas nahi, nahi hai, not available, lost my,
        kho gaya, मेरे पास नहीं, नहीं है""",
    "off_topic": """joke, jokes, chutkula, chutkule, cricket, ipl, world cup, football, match, kohli, dhoni, weather, mausam, temperature,
        barish, raining, rain, movie, movies, film, films, picture dekhi, idiots, song, songs, gaana, gana, gaane, sing, poem, poems, poetry,
        kavita, shayari, story, kahani, recipe, biryani, pizza, python, javascript, java code, html, code likho, write code, write a program,
        write a function, write me a, source code, program likho, capital of, president, prime minister, pradhan mantri, politics, election,
        elections, homework, assignment, essay, translate, bitcoin, crypto, stock market, share market, stock tips, stocks, horoscope,
        rashifal, zodiac, girlfriend, boyfriend, marry me, love you, i love you, are you single, news, khabar, actor, actress, bollywood,
        celebrity, game, games, riddle, paheli, meaning of life, universe, planet, moon, solve this, math problem, square root, who won,
        flight, flights, hotel booking, train ticket, restaurant, dinner, lunch, khana khaya, diet, gym, chess, alien, aliens, ghost,
        god, religion, chatgpt, openai, elon musk, modi, trump, चुटकुला, जोक, क्रिकेट, मौसम, बारिश, फिल्म, मूवी, गाना, गाने, कविता, शायरी, कहानी,
        प्रधानमंत्री, राष्ट्रपति, समाचार, खाना, हवाई, खेल, मैच""",
}

QUESTION_CUES = {
    "may_i": """can i, could i, may i, can you, could you, would you, will i, shall i, mil sakta hai, mil sakti hai, milega, milegi,
        mil jayega, ho sakta hai, ho jayega, sakta hoon, sakti hoon, kar sakta, kar sakti, kar sakte, sakta hai, sakte hain, मिल सकता, मिलेगा,
        हो सकता, सकता हूँ, सकते हैं""",
    "how_much": """what, whats, how much, kitna, kitni, kitne, kya, calculate, calculation, compute, estimate, tell me, batao, bataiye,
        bata do, batado, would be, will be, would it be, would i pay, do i pay, will i pay, banegi, banega, aayegi, aaegi, ayegi, aaygi,
        hogi, hoga, padegi, padega, lagegi, lagega, rahegi, jayegi, show me, कितना, कितनी, क्या, बताओ, बताइए, बनेगी, आएगी, होगी, पड़ेगी, how many""",
    "suppose": """what if, if i take, if i took, if i borrow, if i go for, if i choose, if i opt, if i get, if i want, if i needed, if i do,
        if it is, if its, if the tenure, if the amount, if we, suppose, supposing, assume, assuming, let us say, lets say, maan lo, man lo, maan lijiye,
        man lijiye, agar, yadi, what about, how about, hypothetically, in case i, instead i take, मान लो, मान लीजिए, अगर, यदि, if""",
    "capacity": """how much loan, what loan, kitna loan, loan kitna, kitna milega, kitna loan milega, how much can i get, how much can i borrow,
        what amount, loan amount can, maximum loan, कितना लोन, लोन कितना, कितना मिलेगा""",
}

YES_NO = {
    "yes": """yes, yess, yep, yeah, yea, yup, haan, haa, han, ha, hanji, haanji, haan ji, ji haan, ji han, sure, surely, of course, ofcourse,
        absolutely, definitely, certainly, go ahead, proceed, continue, please proceed, please do, i agree, agree, agreed, accept, accepted,
        i accept, i do, i consent, consent, i confirm, confirm, confirmed, correct, thats correct, thats right, that is right, that is correct, exactly,
        manzoor, manjur, manzur, manjoor, sehmat, sahmat, razi, raazi, kar do, kardo, kar dijiye, kijiye, kar lo, karlo, karo, aage badho, aage badhiye, age badho,
        aage badhte hain, bilkul, zaroor, jarur, zarur, jaroor, why not, kyun nahi, kyu nahi, no problem, no problems, no issue, no issues, no objection,
        not a problem, koi dikkat nahi, koi problem nahi, koi issue nahi, koi baat nahi, koi pareshani nahi, chalega, chalegi, chalo, done, done deal, lets do it, let us do it,
        lets go, sounds good, looks good, works for me, perfect, great, i acknowledge, acknowledged, acknowledge, understood, i understand,
        samajh gaya, samajh gayi, samajh liya, padh liya, i have read, read and understood, le lunga, le lungi, sahi hai, sahi, bhej do, send it, true,
        right, affirmative, of course yes, k done, go for it, ill take it, i will take it, book it, 👍, 👌, ✅, ☑, ✔,
        हाँ, हां, हा, जी, जी हाँ, जी हां, हाँ जी, हां जी, बिल्कुल, ज़रूर, जरूर, सहमत, सहमत हूँ, मंज़ूर, मंजूर, स्वीकार, स्वीकार है, कर दो, कर दीजिए,
        आगे बढ़ो, आगे बढ़िए, सही, सही है, समझ गया, समझ गई, पढ़ लिया, कोई दिक्कत नहीं, चलेगा""",
    "yes_or_filler": """ok, okay, okey, okk, oki, okie, k, hmm, hm, ji, thik hai, theek hai, theek, thik, thik h, tik hai, thikhai, alright, all right,
        fine, accha, acha, achha, good, y, ठीक है, ठीक, अच्छा, ओके, cool, haan haan""",
    "no": """no, nope, nah, na, naa, nahi, nahin, nhi, nai, naheen, nahi nahi, not, never, mat, dont, do not, donot, didnt, wont, will not, cannot,
        cant, no thanks, no thank you, not now, not interested, nahi chahiye, nahi chaiye, nhi chahiye, nahi lena, rehne do, rahne do, rehne dijiye,
        rehne de, chhodo, chodo, chhod do, jane do, jaane do, cancel, stop, decline, declined, reject, refuse, disagree, i disagree, deny, abhi nahi,
        baad mein, baad me, later, some other time, manzoor nahi, inkar, inkaar, mana, galat, galat hai, wrong, incorrect, false, negative, n, 👎, ❌, ✖,
        नहीं, नही, ना, मत, नहीं चाहिए, रहने दो, रहने दीजिए, छोड़ो, जाने दो, अभी नहीं, बाद में, रद्द, इनकार, गलत, गलत है, असहमत""",
    "unsure": """not sure, unsure, im not sure, i am not sure, maybe, may be, perhaps, shayad, let me think, need to think, think about it, will think,
        sochna, soch ke, soch kar, sochunga, sochungi, sochta hoon, dekhte hain, dekhta hoon, pata nahi, dont know, do not know, no idea, confused, hold on, ek minute,
        wait, thoda time, yes or no, haan ya nahi, शायद, सोचकर, सोचना, पता नहीं, देखते हैं""",
    "condition": "if, agar, unless, provided, only if, but, lekin, magar, however, par pehle, अगर, लेकिन, मगर, बशर्ते, except, tabhi",
}

EMPLOYMENT = {
    "salaried": """salaried, salary person, salary wala, salary wali, i work at, i work in, i work for, i work with, i work as, i am working, im working,
        working at, working in, working for, working with, working as, work at, work for, employed at, employed with, employed by, employed in, employed,
        i am an employee, employee, job, private job, pvt job, govt job, government job, sarkari naukri, sarkari job, private naukri, naukri, nokri,
        naukari, naukri karta, naukri karti, job karta, job karti, job hai, mnc, private company, software engineer, engineer, teacher, nurse, bank job,
        government employee, govt employee, sarkari karmchari, service, service karta, mein kaam karta, mein kaam karti, me kaam karta, me kaam karti,
        company mein, company me, full time, नौकरी, सरकारी नौकरी, प्राइवेट नौकरी, वेतनभोगी, जॉब, कंपनी में, काम करता, काम करती, नौकरीपेशा""",
    "self_employed": """self employed, selfemployed, own business, apna business, khud ka business, apna dhandha, apna dhanda, dhandha, dhanda,
        business man, businessman, business woman, businesswoman, business owner, business hai, business karta, business karti, i run a, i run my, i run,
        i own a, my own, shop owner, my shop, dukan, dukaan, dukandar, dukaandar, apni dukan, meri dukan, freelancer, freelance, freelancing, consultant,
        contractor, trader, vyapar, vyapari, vyapaar, karobar, kaarobaar, kheti, kisan, farmer, farming, entrepreneur, founder, startup, proprietor, gig worker,
        delivery partner, cab driver, ola driver, uber driver, own a, khud ka kaam, apna kaam, swarozgar, professional practice, own practice, व्यापार,
        व्यवसाय, कारोबार, दुकान, किसान, खेती, अपना काम, अपना बिज़नेस, अपना बिजनेस, बिज़नेस, बिजनेस, स्वरोज़गार, फ्रीलांसर""",
    "student": "student, studying, i study, college student, i am in college, padhai kar raha, padhai kar rahi, padh raha hoon, padh rahi hoon, छात्र, छात्रा, विद्यार्थी",
    "retired": "retired, pensioner, pension leta, retire ho, retirement, सेवानिवृत्त, रिटायर्ड, रिटायर, पेंशनर",
    "unemployed": """unemployed, no job, jobless, not working, dont work, do not work, dont have a job, do not have a job, lost my job, berozgar, berojgar, bekar hoon,
        naukri nahi, job nahi, koi job nahi, koi kaam nahi, kaam nahi, between jobs, housewife, house wife, homemaker, home maker, grihini, not employed,
        looking for a job, job chhut gayi, naukri chali gayi, naukri chhut gayi, बेरोज़गार, बेरोजगार, गृहिणी, नौकरी नहीं, काम नहीं""",
}

IDENTITY_CUES = {
    "phone": """phone, phone number, mobile, mobile number, mob, contact, contact number, call me on, call me at, call on, whatsapp, my number, number is, no is,
        mera number, number hai, ph no, reach me, फ़ोन, फोन, मोबाइल, नंबर, नम्बर""",
    "pan": "pan, pan card, pan number, pan no, pancard, permanent account number, पैन, पैन कार्ड, पैन नंबर",
    "aadhaar": "aadhaar, aadhar, adhar, adhaar, aadhaar card, aadhar card, uid, uidai, आधार, आधार कार्ड",
    "last_four": "last four, last 4, ending, ends with, ending in, ending with, aakhri, akhri, last four digits, आखिरी, अंतिम",
    "account": "account number, account no, account, a c, bank account, ac no, khata, khaata, acc no, खाता, खाता संख्या, loan number, loan account, ref no, reference number, application number, policy number",
    "pin": "pin, pin code, pincode, postal code, zip, zip code, पिन, पिन कोड, पिनकोड",
    "otp": "otp, code, verification code, one time password, passcode, ओटीपी, कोड",
    "born": """born, dob, d o b, date of birth, birth date, birthdate, birthday, birth, janm, janam, janmdin, janam din, janm tithi, janam tithi, paida, जन्म,
        जन्मतिथि, जन्म तिथि, जन्मदिन, पैदा""",
    "address": """address, i live at, i live in, i stay at, i stay in, live at, live in, residing at, resident of, staying at, staying in, living at, living in, pata hai,
        mera pata, ghar ka pata, main rehta hoon, rehta hoon, rehti hoon, flat, flat no, house no, h no, makan, road, street, sector, nagar, colony, society,
        apartment, apartments, floor, block, plot, लेन, पता, मेरा पता, मकान, फ्लैट, रोड, नगर, कॉलोनी""",
    "my_address": "my address is, my address, address is, mera pata hai, mera pata, mera address hai, mera address, i live at, i stay at, residing at, live at, मेरा पता है, मेरा पता, मेरा एड्रेस",
    "loan_count": "loan, loans, loan hain, emi, emis, kist, kisht, kishten, लोन, ऋण, किस्तें",
}

OFFER_CUES = {
    "longer": """longer, longer tenure, longer term, more time, more months, more years, extend, zyada time, jyada time, zyada samay, jyada samay, zyada saal,
        lamba, lambi, lambe, zyada mahine, lower emi, smaller emi, reduce the emi, reduce emi, less emi, kam emi, emi kam, low emi, choti emi, chhoti emi, chhoti kist,
        kam kist, लंबी, लंबा, ज़्यादा समय, ज्यादा समय, कम किस्त, कम ईएमआई""",
    "shorter": """shorter, shorter tenure, shorter term, less time, fewer months, fewer years, kam time, kam samay, kam saal, kam mahine, jaldi khatam, quicker, sooner,
        higher emi, bigger emi, less interest, lower interest, kam byaj, zyada emi, कम समय, कम अवधि, जल्दी, कम ब्याज""",
    "smaller": """smaller, smaller amount, less amount, lower amount, lesser amount, smaller loan, less money, kam amount, kam rakam, kam paise, chhota loan, chota loan,
        chhoti rakam, kam loan, कम राशि, कम रकम, छोटा लोन, कम पैसे""",
    "larger": """larger, larger amount, bigger, bigger amount, higher amount, more amount, more money, bigger loan, larger loan, zyada amount, jyada amount, zyada rakam,
        zyada paise, jyada paise, zyada loan, bada loan, increase the amount, increase amount, ज़्यादा राशि, ज्यादा राशि, बड़ा लोन, ज़्यादा पैसे""",
    "option": "option, offer, choice, number, no, plan, vikalp, alternative, विकल्प, ऑफर, ऑप्शन, नंबर",
    "wala": "wala, wali, vala, one, option, offer, waala, vikalp, वाला, वाली, विकल्प, ऑप्शन, choice, plan, alternative",
    "first": "first, 1st, pehla, pahla, pehle, pahle, pehli, pahli, पहला, पहली, पहले",
    "second": "second, 2nd, doosra, dusra, doosri, dusri, dusre, doosre, दूसरा, दूसरी, दूसरे",
    "third": "third, 3rd, teesra, tisra, teesri, tisri, teesre, तीसरा, तीसरी, तीसरे",
    "fourth": "fourth, 4th, chautha, chauthi, चौथा, चौथी",
    "last_one": "last one, the last, aakhri wala, akhri wala, आखिरी वाला",
}

KIN = """friend, friends, dost, brother, bhai, sister, behen, bahen, neighbour, neighbor, padosi, uncle, aunty, cousin, colleague,
        relative, rishtedar, wife, husband, patni, pati, father, papa, mother, mummy, mom, dad, son, daughter, beta, beti, boss,
        someone, somebody, roommate, friends ko, mere dost, he, she, they, his, her, दोस्त, भाई, बहन, पत्नी, पति, पिता, माँ, बेटा, बेटी"""

KIN_DID = """got, gets, took, has, have got, earns, earn, was given, received, gave, mila, mili, mile, liya, kamata, kamati,
        kamate, had, borrowed, applied, paid, pays, owes, le gaya, ki salary, ki tankhwah, ki income, ki kamai, salary, income,
        मिला, मिली, लिया, कमाता, कमाती"""

DOMAIN = """loan, loans, emi, emis, rate, rates, interest, fee, fees, charge, charges, processing, prepay, prepayment, preclose, preclosure,
        foreclose, foreclosure, part payment, eligible, eligibility, document, documents, docs, dastavez, kagaz, kagaj, kyc, pan, aadhaar, aadhar,
        otp, cibil, credit, score, tenure, term, amount, maximum, minimum, disburse, disbursed, disbursal, disbursement, sanction, letter, offer,
        approve, approved, approval, reject, rejected, salary, slip, income, bank, account, nbfc, rbi, apr, kfs, gst, insurance, penalty, late, due,
        bounce, cooling, refund, data, privacy, consent, safe, secure, collateral, guarantor, security, age, apply, application, process, money,
        paisa, paise, byaj, kist, kisht, branch, office, address, contact, timing, helpline, offer, repay, repayment, top up, balance transfer,
        लोन, ब्याज, दस्तावेज़, दस्तावेज, कागज़, किस्त, ईएमआई, फीस, शुल्क, पैन, आधार, राशि, अवधि, सैलरी, वेतन, खाता, बैंक, पैसा, पैसे"""

ASKS = """what, whats, how, hows, which, when, where, who, whom, whose, why, kya, kitna, kitni, kitne, kaise, kaisa, kaisi, kab, kahan,
        kaha, kaun, kaunsa, kaunsi, kon, konsa, konsi, kaunse, kyun, kyu, kyon, kidhar, tell me, batao, bataiye, bataye, batayen, bata do,
        batado, bata dijiye, bataao, explain, samjhao, samjha do, samjhaiye, want to know, like to know, wanted to know, janna hai, janna chahta,
        janna chahti, jaanna, jankari, curious, wondering, any idea, can you explain, is there, are there, do you, does it, is it, will it,
        will you, am i, do i, did you, are you, have you, can we, should i, would it, what about, and what, puchna tha, poochna tha, question,
        sawal, milega kya, hoga kya, sakta hai kya, क्या, कितना, कितनी, कितने, कैसे, कैसा, कब, कहाँ, कहां, कौन, कौनसा, क्यों, किस, बताओ, बताइए,
        बताइये, समझाओ, समझाइए, बता दो, जानकारी, सवाल"""

MONTHLY_COST = """emi, emis, installment, instalment, kist, kisht, monthly payment, pay monthly, pay per month, pay a month, pay every month,
        paying monthly, monthly outgo, per month, monthly, mahine ka kitna, mahine ki kitni, ईएमआई, किस्त, किश्त, each month, every month,
        har mahine, total interest, kul byaj, interest, how much will i pay, will i pay, would i pay, do i pay, to pay back, repay"""

NONE = """none, nil, no, nope, nothing, zero, koi nahi, koi nhi, kuch nahi, kuchh nahi, nahi, nahin, nhi, na, not any, no other, no existing, no current,
        dont have any, do not have any, dont have, do not have, dont pay, do not pay, without any, koi bhi nahi, ek bhi nahi, not paying, free of, debt free,
        कोई नहीं, नहीं, कुछ नहीं, शून्य, एक भी नहीं, कोई भी नहीं"""

HINDI_WORDS = """hai hain hoon hun hu h tha thi the mujhe mujhko mera meri mere hum humein main mai aap aapka apna apni apne tum kya kyun kyu kyon kaise kaisa kab
    kahan kaun kitna kitni kitne nahi nahin nhi haan haa ji chahiye chaiye chahie liye ke ka ki ko se mein aur lekin magar agar toh bhi abhi ab phir fir bas
    bahut thoda zyada jyada saal mahine mahina hazaar hazar karna karo kar kardo kijiye dijiye do de dena lena leni lunga raha rahi rahe gaya gayi hua hui
    wala wali paisa paise rupaye karz byaj kist shaadi padhai ilaaj ghar naam umar naukri tankhwah kamata kamati pehle baad jaldi theek thik accha acha sahi galat
    batao bataiye samjhao sakta sakti sakte hoga hogi milega milegi banegi aayegi rehne koi kuch sab yeh ye woh wo is us iska uska dhanyavad shukriya namaste
    namaskar bhai behen beta beti dost chal jaana jana ghoomne chukana tak bina sirf keval lakhon teen chaar paanch chhah saat aath nau das gyarah barah pandrah bees
    pachees tees chalis pachas saath sattar assi nabbe dedh dhai sadhe saadhe paune sava pauna aadha bol bolo suno matlab maan loon krna kr h nhi mje mko jagah
    khatam shuru dobara bhejo aaya dunga doonga bataunga naukri dhandha dukaan manzoor bilkul zaroor"""
# Also English or a name: no evidence of Hindi by themselves.
NOT_EVIDENCE = (
    "do the is us main to me hi par so h se ke ka ki ko de das ab ha ye the sab kar bas ghar char chal jana a us"
)


def folded(words: str) -> frozenset[str]:
    return frozenset(fold(word) for word in words.split())
