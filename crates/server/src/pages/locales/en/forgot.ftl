# Asking for another password.
forgot-title = Forgot your password?
forgot-text = Tell us the e-mail address of your account, and we send you a link to choose another password.
forgot-email = E-mail address
forgot-button = Send me the link
forgot-no-mail = This server sends no mail by itself. Ask its operator, who finds the message.
forgotten-title = Look at your mail
forgotten-text = If there is an account with this address, a message is on its way. Its link is good for ten minutes.
forgotten-no-mail = If there is an account with this address, a message waits for this server’s operator. Ask for it: its link is good for ten minutes.
forgot-elsewhere-title = Not on this page
forgot-elsewhere-text = Ask for another password in the application that you use, or ask the operator of this server.
