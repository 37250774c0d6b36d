"""Clients: invented organisations at .example addresses, phones from blocks of zeroes."""

from typing import NamedTuple


class Client(NamedTuple):
    """One organisation and the person who signs for it."""

    key: str
    name: str
    contact: str
    job: str
    street: str
    city: str
    zip: str
    phone: str
    kra_pin: str
    term_days: int  # 0, 15 or 30

    @property
    def domain(self):
        return f"{self.key}.example"


CLIENTS = (
    Client("barakafreight", "Baraka Freight Forwarders Ltd", "Hassan Omar", "Operations Director",
           "Shimanzi Road 14", "Mombasa", "80100", "0700 000 201", "P000222001B", 30),
    Client("tumainigirls", "Tumaini Girls School", "Sr. Mary Nduta", "Principal",
           "Menengai Drive", "Nakuru", "20100", "0700 000 202", "P000222002T", 15),
    Client("kileletea", "Kilele Tea Packers Ltd", "Wesley Koech", "General Manager",
           "Moi Highway", "Kericho", "20200", "0700 000 203", "P000222003K", 30),
    Client("msitulodges", "Msitu Eco Lodges Ltd", "Njoki Maina", "Owner",
           "Sweetwaters Road", "Nanyuki", "10400", "0110 000 204", "P000222004M", 15),
    Client("zawadipharmacy", "Zawadi Pharmacy Ltd", "Dr. Akinyi Oduor", "Superintendent Pharmacist",
           "Oginga Odinga Street", "Kisumu", "40100", "0110 000 205", "P000222005Z", 0),
    Client("upendoclinic", "Upendo Children's Clinic", "Dr. Joseph Kariuki", "Medical Director",
           "Section 9", "Thika", "01000", "0700 000 206", "P000222006U", 15),
    Client("juasolar", "Jua Bora Solar Ltd", "Edwin Kiptoo", "Managing Director",
           "Uganda Road", "Eldoret", "30100", "0700 000 207", "P000222007J", 30),
    Client("savannadairy", "Savanna Dairy Co-operative", "Margaret Wambui", "Chief Executive",
           "Kimathi Way", "Nyeri", "10100", "0700 000 208", "P000222008S", 30),
    Client("pwaniseafoods", "Pwani Seafoods Ltd", "Salim Mwinyi", "Director",
           "Bofa Road", "Kilifi", "80108", "0110 000 209", "P000222009P", 15),
    Client("mwangazasacco", "Mwangaza Savings Society", "Agnes Mutindi", "Chief Executive",
           "Konza Road", "Machakos", "90100", "0700 000 210", "P000222010M", 30),
    Client("dukapoa", "Duka Poa Supermarkets Ltd", "Rajesh Shah", "Finance Manager",
           "Mombasa Road", "Nairobi", "00200", "0700 000 211", "P000222011D", 30),
    Client("achiengadvocates", "Achieng & Mbugua Advocates", "Lilian Achieng", "Managing Partner",
           "Upper Hill Road", "Nairobi", "00101", "0110 000 212", "P000222012A", 15),
)  # fmt: skip
