callback({
 "vers": 0.01,
 "config": {
  "rate": "perhr",
  "valueColumns": [
   "linux",
   "mswin"
  ],
  "currencies": [
   "USD"
  ],
  "regions": [
   {
    "region": "us-east",
    "footnotes": {
     "*": "notAvailableForCCorCGPU"
    },
    "instanceTypes": [
     {
      "type": "generalCurrentGen",
      "sizes": [
       {
        "size": "m7i.2xlarge",
        "valueColumns": [
         {
          "name": "linux",
          "prices": {
           "USD": "0.1500"
          }
         },
         {
          "name": "mswin",
          "prices": {
           "USD": "0.5100"
          }
         }
        ]
       }
      ]
     },
     {
      "type": "gpuCurrentGen",
      "sizes": [
       {
        "size": "p5.48xlarge",
        "valueColumns": [
         {
          "name": "linux",
          "prices": {
           "USD": "21.7300"
          }
         },
         {
          "name": "mswin",
          "prices": {
           "USD": "30.5600"
          }
         }
        ]
       },
       {
        "size": "g6.xlarge",
        "valueColumns": [
         {
          "name": "linux",
          "prices": {
           "USD": "0.3100"
          }
         },
         {
          "name": "mswin",
          "prices": {
           "USD": "0.5200"
          }
         }
        ]
       },
       {
        "size": "g6f.large",
        "valueColumns": [
         {
          "name": "linux",
          "prices": {
           "USD": "0.0700"
          }
         },
         {
          "name": "mswin",
          "prices": {
           "USD": "N/A*"
          }
         }
        ]
       },
       {
        "size": "f2.6xlarge",
        "valueColumns": [
         {
          "name": "linux",
          "prices": {
           "USD": "0.6000"
          }
         },
         {
          "name": "mswin",
          "prices": {
           "USD": "N/A*"
          }
         }
        ]
       }
      ]
     }
    ]
   },
   {
    "region": "us-west-2",
    "footnotes": {
     "*": "notAvailableForCCorCGPU"
    },
    "instanceTypes": [
     {
      "type": "gpuCurrentGen",
      "sizes": [
       {
        "size": "p5.48xlarge",
        "valueColumns": [
         {
          "name": "linux",
          "prices": {
           "USD": "19.8800"
          }
         },
         {
          "name": "mswin",
          "prices": {
           "USD": "N/A*"
          }
         }
        ]
       },
       {
        "size": "p4d.24xlarge",
        "valueColumns": [
         {
          "name": "linux",
          "prices": {
           "USD": "N/A*"
          }
         },
         {
          "name": "mswin",
          "prices": {
           "USD": "N/A*"
          }
         }
        ]
       },
       {
        "size": "trn1.32xlarge",
        "valueColumns": [
         {
          "name": "linux",
          "prices": {
           "USD": "6.1500"
          }
         },
         {
          "name": "mswin",
          "prices": {
           "USD": "N/A*"
          }
         }
        ]
       },
       {
        "size": "trn1.32xlarge",
        "valueColumns": [
         {
          "name": "linux",
          "prices": {
           "USD": "6.1500"
          }
         },
         {
          "name": "mswin",
          "prices": {
           "USD": "N/A*"
          }
         }
        ]
       }
      ]
     }
    ]
   },
   {
    "region": "apac-tokyo",
    "footnotes": {
     "*": "notAvailableForCCorCGPU"
    },
    "instanceTypes": [
     {
      "type": "gpuCurrentGen",
      "sizes": [
       {
        "size": "p5.48xlarge",
        "valueColumns": [
         {
          "name": "linux",
          "prices": {
           "USD": "n.a."
          }
         },
         {
          "name": "mswin",
          "prices": {
           "USD": "N/A*"
          }
         }
        ]
       },
       {
        "size": "g5.xlarge",
        "valueColumns": [
         {
          "name": "linux",
          "prices": {
           "USD": "0.0000"
          }
         },
         {
          "name": "mswin",
          "prices": {
           "USD": "N/A*"
          }
         }
        ]
       },
       {
        "size": "g5.2xlarge",
        "valueColumns": [
         {
          "name": "linux",
          "prices": {
           "USD": "0.5900"
          }
         },
         {
          "name": "mswin",
          "prices": {
           "USD": "N/A*"
          }
         }
        ]
       },
       {
        "size": "g5.4xlarge",
        "valueColumns": [
         {
          "name": "linux",
          "prices": {
           "USD": "0.8100"
          }
         },
         {
          "name": "mswin",
          "prices": {
           "USD": "N/A*"
          }
         }
        ]
       },
       {
        "size": "g6.xlarge",
        "valueColumns": [
         {
          "name": "linux",
          "prices": {
           "USD": "0.3700"
          }
         },
         {
          "name": "mswin",
          "prices": {
           "USD": "N/A*"
          }
         }
        ]
       },
       {
        "size": "inf2.xlarge",
        "valueColumns": [
         {
          "name": "linux",
          "prices": {
           "USD": "0.2300"
          }
         },
         {
          "name": "mswin",
          "prices": {
           "USD": "N/A*"
          }
         }
        ]
       }
      ]
     }
    ]
   },
   {
    "region": "us-gov-west-1",
    "footnotes": {
     "*": "notAvailableForCCorCGPU"
    },
    "instanceTypes": [
     {
      "type": "gpuCurrentGen",
      "sizes": [
       {
        "size": "p4d.24xlarge",
        "valueColumns": [
         {
          "name": "linux",
          "prices": {
           "USD": "12.0000"
          }
         },
         {
          "name": "mswin",
          "prices": {
           "USD": "N/A*"
          }
         }
        ]
       }
      ]
     }
    ]
   }
  ]
 }
});
