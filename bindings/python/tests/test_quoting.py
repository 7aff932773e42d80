"""The quoting tool from Python: an affair is asked for, a dossier comes back as an offer."""

from __future__ import annotations

import hashlib
import itertools
import json

from clientela import Clientela


def test_offers_come_back_from_the_quoting_tool(seller: Clientela) -> None:
    seller.opportunities.open("C-1001", title="Fleet", method="with-configurator", currency="EUR", number="O-77")
    asked = json.loads(seller.quoting.affair("O-77", workstation="WS-07"))
    count = itertools.count(1)

    def told(kind: str, body: dict[str, object]) -> dict[str, object]:
        return {
            "contract": "quoting-exchange/1",
            "message": kind,
            "message_id": f"7001a000-0000-4000-8000-{next(count):012}",
            "sent_at": "2026-03-04T10:00:00+01:00",
            "sender": {"system": "quoting", "version": "4.2", "workstation": "WS-07"},
            "dealer_code": asked["dealer_code"],
            "user": asked["user"],
            "body": body,
        }

    created = {"status": "created", "affair_id": "AFF-1", "affair_revision": 1}
    noted = told("affair.create.ack", created) | {"in_reply_to": asked["message_id"]}
    assert seller.quoting.receive(json.dumps(noted).encode()) == b""

    file = b"what the tool works on"
    item = {
        "item_id": "1", "kind": "vehicle", "product_code": "M", "quantity": "1", "unit_list": "60000", "unit_net": "60000",
        "line_net": "60000", "vat": {"category": "E", "rate": "0"},
    }  # fmt: skip
    dossier = {
        "dossier_id": "D-1", "dossier_revision": 1, "status": "complete", "vehicle": {"model_code": "M", "quantity": 1},
        "items": [item], "totals": {"net": "60000", "vat": "0", "gross": "60000", "payable": "60000"},
        "valid_until": "2026-05-01",
    }  # fmt: skip
    left = {
        "exit": "saved", "affair_id": "AFF-1", "affair_revision": 2, "opportunity_crm_id": "O-77", "currency": "EUR",
        "rounding": "line", "dossiers_complete": True, "dossiers": [dossier],
        "file": {
            "filename": "a.rvi", "media_type": "application/octet-stream", "size": len(file),
            "digest": f"sha256:{hashlib.sha256(file).hexdigest()}",
        },
    }  # fmt: skip
    message = json.dumps(told("offer.return", left)).encode()
    answer = seller.quoting.receive(message, file=file)
    results = json.loads(answer)["body"]["results"]
    assert [(result["action"], result["offer_revision"]) for result in results] == [("created", 1)]
    assert seller.quoting.receive(message, file=file) == answer, "the same message again"
    assert seller.quoting.file(hashlib.sha256(file).hexdigest()) == file
    # Left once more: another message, the same offer.
    again = json.loads(seller.quoting.receive(json.dumps(told("offer.return", left)).encode(), file=file))
    assert [result["action"] for result in again["body"]["results"]] == ["unchanged"]
    assert len(seller.table("offer")) == 1
