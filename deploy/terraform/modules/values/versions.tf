terraform {
  # Conditions of a variable that name another variable.
  required_version = ">= 1.9"
}
