"""Why a fact holds, who disagrees, what changed, what is absent, and whether it can be checked."""
