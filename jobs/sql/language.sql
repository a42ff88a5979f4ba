-- The language that a user chose last, up to the day of the run.
SELECT user_id, language, country
FROM users
WHERE changed_on <= '{{ ds }}'
