from eth_utils import keccak

from tests.stateful.machine_serial_intervals import SerialMachine
from tests.stateful.running import IS_CAMPAIGN

CLAIMS = 50_000 if IS_CAMPAIGN else 1_500
CLAIMS_A_SPLIT = 20

# Out of 1,500 claims and 75 cuts; seen: 741, 731, 463, 108, 136, 52 and 18, 52, 5.
FLOOR = {
    "claim": 600,
    "claim between others": 500,
    "claim refused: overlap": 350,
    "claim refused: wrong hint": 75,
    "claim refused: unknown hint": 90,
    "claim refused: bad interval": 30,
    "split": 12,
    "split refused: bad cut": 35,
    "split refused: unknown interval": 3,
}


def test_serial_intervals_keep_their_invariant(project, stranger):
    """No overlap is ever let, no free interval with its right neighbour is ever refused, and a
    wrong neighbour changes nothing."""
    contract = project.MockSerialIntervals.deploy(sender=stranger)
    machine = SerialMachine(contract, stranger, keccak(text="series"), 2_026, CLAIMS)

    for number in range(CLAIMS):
        machine.claim()
        if number % CLAIMS_A_SPLIT == 0:
            machine.split()
    machine.send()
    machine.check()

    print(CLAIMS, machine.seen)
    for end, least in FLOOR.items():
        assert machine.seen[end] >= least * CLAIMS // 1_500, (end, machine.seen)
