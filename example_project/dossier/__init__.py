"""The one app of the example: a student's file on its way from secondary school to mbo."""
