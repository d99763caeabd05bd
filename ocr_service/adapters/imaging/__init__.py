"""Pictures of pages and fields. Only sandboxed code imports what is here."""
