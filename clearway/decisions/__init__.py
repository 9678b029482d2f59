"""Decision tables: hit policies, evaluations with the rule that fired."""
