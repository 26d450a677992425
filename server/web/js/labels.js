// The page's own words for the fields and states of the contract.

export const AGENTS = ["sales", "kyc", "underwriting", "sanction"];
export const AGENT_NAMES = { sales: "Sales", kyc: "KYC", underwriting: "Underwriting", sanction: "Sanction" };

export const WORK = {
  understand: "Reading your message",
  sales: "Sales is noting what you need",
  kyc: "KYC is checking your details",
  underwriting: "Underwriting is working on the decision",
  sanction: "Sanction is preparing the papers",
  letter: "Issuing your letter",
  reply: "Writing the answer",
};

/** The agent a node of the graph belongs to; understanding and replying belong to nobody. */
export function agentOf(node) {
  if (node === "letter") return "sanction";
  return AGENTS.includes(node) ? node : null;
}

export const AWAITED = {
  desired_amount: "Loan amount",
  applicant_name: "Your name",
  loan_term_months: "Tenure in months",
  purpose: "What the loan is for",
  consent: "Your consent",
  pan: "PAN",
  date_of_birth: "Date of birth",
  phone: "Mobile number",
  otp: "The 6-digit code",
  email: "E-mail address",
  address: "Address",
  employment: "Employment",
  employer: "Employer",
  monthly_income: "Net monthly income",
  household_annual_income: "Household income a year",
  existing_emi: "Other EMIs a month",
  salary_slip: "Salary slip",
  slip_confirmation: "Is the slip read correctly?",
  kyc_upgrade: "Video KYC",
  offer_decision: "Your decision on the offer",
  kfs_acknowledgement: "Your acknowledgement of the key facts",
};

export const HINTS = {
  desired_amount: "For example: 3 lakh",
  applicant_name: "Your name as on the PAN card",
  loan_term_months: "For example: 36 months",
  purpose: "For example: home renovation",
  consent: "Yes or no",
  pan: "PAN, date of birth and mobile number",
  date_of_birth: "Day/month/year",
  phone: "10-digit mobile number",
  otp: "6-digit code",
  email: "name@example.com",
  monthly_income: "For example: 42,000",
  existing_emi: "For example: 5,000, or none",
  offer_decision: "Accept, decline, or ask anything",
  kfs_acknowledgement: "Acknowledge, or ask anything",
};

/** Which of the twelve fields an awaited field will fill. */
export const FILLS = {
  desired_amount: "desired_amount",
  applicant_name: "applicant_name",
  loan_term_months: "loan_term_months",
  purpose: "purpose",
  consent: "kyc_verified",
  pan: "kyc_verified",
  date_of_birth: "kyc_verified",
  phone: "kyc_verified",
  otp: "kyc_verified",
  kyc_upgrade: "credit_eligibility",
  email: "credit_eligibility",
  address: "credit_eligibility",
  employment: "credit_eligibility",
  employer: "credit_eligibility",
  monthly_income: "credit_eligibility",
  household_annual_income: "credit_eligibility",
  existing_emi: "credit_eligibility",
  salary_slip: "credit_eligibility",
  slip_confirmation: "credit_eligibility",
  offer_decision: "offered_amount",
  kfs_acknowledgement: "sanction_letter_generated",
};

export const STATUS = {
  initiated: "Just begun",
  kyc_pending: "Identity check",
  credit_check_pending: "Credit decision",
  offer_made: "Offer made",
  offer_accepted: "Offer accepted",
  under_review: "With our team",
  sanctioned: "Sanctioned",
  rejected: "Not approved",
  withdrawn: "Withdrawn",
  expired: "Offer expired",
  completed: "Completed",
};

export const ELIGIBILITY = {
  pending: "Not yet decided",
  needs_document: "Salary slip needed",
  manual_review: "With our credit team",
  counter_offer: "Other options offered",
  eligible: "Eligible",
  not_eligible: "Not eligible",
};

export const OUTCOMES = {
  under_review: ["With our credit team", "A person is looking at this application and will contact you; nothing is needed here."],
  rejected: ["Not approved", "The reasons are in the conversation. You can ask why, ask for a person, or start over."],
  withdrawn: ["Application withdrawn", "Nothing more will be done with it. Say “start over” whenever you like."],
  expired: ["This offer has expired", "Say “fresh offer” and it is decided anew; there is no need to start over."],
};

export const ALTERNATIVES = { EXTEND_TENURE: "Longer tenure", REDUCE_AMOUNT: "Smaller amount" };
export const LENDER = "Lender: Esoteric Finance Limited, a demonstration NBFC.";
export const SLIP_UPLOADED = "[Salary slip uploaded]";
