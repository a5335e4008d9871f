database = { url = "jdbc:mariadb://db.example.com:3306/broker", user = "broker", secret_name = "broker-database" }
