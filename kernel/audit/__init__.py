"""Who did what, when: append-only rows in a hash chain for each organisation."""

from kernel.audit.chain import Broken, Sealer, Verification, verify
from kernel.audit.trail import SYSTEM, Audit, AuditRow

__all__ = ["SYSTEM", "Audit", "AuditRow", "Broken", "Sealer", "Verification", "verify"]
