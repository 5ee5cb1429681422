"""The letter box: sealed texts in whatever files people bring, such as mails and exports of chats."""
