"""The loan conversation as a graph: understand → the agents, handing over within the turn, to a person too → reply."""

from langgraph.graph import END, START, StateGraph

from agents.context import Context
from agents.kyc import kyc
from agents.listening import understand
from agents.reply import reply
from agents.review import review
from agents.sales import sales
from agents.sanction import issue_letter, sanction
from agents.underwriting import underwriting
from graph.announcing import announced
from graph.edges import at_once
from graph.routes import after_kyc, after_review, after_sales, after_sanction, after_understand, after_underwriting
from graph.state import LoanInput, LoanState


def builder() -> StateGraph[LoanState, Context, LoanInput, LoanState]:
    """The wiring. The server compiles it with its checkpointer, Studio without."""
    loan = StateGraph(LoanState, input_schema=LoanInput, context_schema=Context)

    loan.add_node("understand", announced("understand", understand))
    loan.add_node("sales", announced("sales", sales))
    loan.add_node("kyc", announced("kyc", kyc))
    loan.add_node("underwriting", announced("underwriting", underwriting))
    loan.add_node("sanction", announced("sanction", sanction))
    loan.add_node("review", announced("review", review))
    loan.add_node("letter", announced("letter", issue_letter))
    loan.add_node("reply", announced("reply", reply))

    loan.add_edge(START, "understand")
    loan.add_conditional_edges("understand", at_once(after_understand))
    loan.add_conditional_edges("sales", at_once(after_sales))
    loan.add_conditional_edges("kyc", at_once(after_kyc))
    loan.add_conditional_edges("underwriting", at_once(after_underwriting))
    loan.add_conditional_edges("sanction", at_once(after_sanction))
    loan.add_conditional_edges("review", at_once(after_review))
    loan.add_edge("letter", "reply")
    loan.add_edge("reply", END)
    return loan


graph = builder().compile(name="loan")
